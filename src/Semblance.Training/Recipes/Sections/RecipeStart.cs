namespace Semblance.Training.Recipes;

/// <summary>Represents an initial model that is trained and saved as a whole.</summary>
/// <param name="Model">The model.</param>
/// <param name="Folder">The folder that it was loaded from; <see langword="null"/> for a new one.</param>
internal sealed record RecipeStart(ITrainableModel Model, string? Folder) : IRecipeModel;
