"""What a person reads of a run, as markdown: one page a module, pure functions of plain data.

Pages are made to be read on a phone: what needs a person stands first, tables are narrow, and long outputs
stand in blocks of their own. Every text of a row, an agent or a gate is data and is escaped.
"""
