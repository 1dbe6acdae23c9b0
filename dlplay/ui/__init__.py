"""Streamlit's side of the house."""
