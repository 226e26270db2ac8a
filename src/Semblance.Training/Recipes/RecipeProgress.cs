namespace Semblance.Training.Recipes;

/// <summary>Represents the progress of a <see cref="Recipe"/>.</summary>
/// <param name="Completed">The part that is done, from 0 to 1.</param>
/// <param name="Step">The training step that has just ended; null where the recipe trains a vocabulary or word vectors.</param>
public sealed record RecipeProgress(double Completed, TrainingStep? Step = null);
