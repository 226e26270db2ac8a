global using Semblance.Training.Recipes;
