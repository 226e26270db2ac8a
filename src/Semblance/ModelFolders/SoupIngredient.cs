namespace Semblance;

/// <summary>Represents a model that was tried for a greedy soup (<see cref="ModelSoup.Greedy"/>).</summary>
/// <param name="Folder">The folder of the model.</param>
/// <param name="Score">The score of the model alone.</param>
/// <param name="SoupScore">The score of the mean of the model and of those that were taken before it.</param>
/// <param name="IsTaken"><see langword="true"/> if the model is part of the result.</param>
public sealed record SoupIngredient(string Folder, double Score, double SoupScore, bool IsTaken);
