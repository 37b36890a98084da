"""The SQL of this variant, by Django's ORM: what blogapi.store does, under the same names, with the same results."""
