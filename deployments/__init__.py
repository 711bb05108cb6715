"""What deploys the flows: schedules, work pools, automations, and the packages a machine needs."""
