"""The screens for people, one module each: it asks the store, and hands a template what is to be seen."""
