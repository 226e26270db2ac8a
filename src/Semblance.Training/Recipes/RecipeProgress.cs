namespace Semblance.Training.Recipes;

/// <summary>Represents the progress of a <see cref="Recipe"/>.</summary>
/// <param name="Completed">The completed fraction, from 0 to 1.</param>
/// <param name="Step">
/// The result of the last training step; <see langword="null"/> if the recipe trains a vocabulary or word vectors.
/// </param>
public sealed record RecipeProgress(double Completed, TrainingStep? Step = null);
