namespace Semblance.Training.Recipes;

/// <summary>Specifies how a <see cref="Recipe"/> is read.</summary>
public sealed record RecipeOptions
{
    /// <summary>Gets the folder that paths of data files are relative to; the current folder by default.</summary>
    public string DataFolder { get; init; } = ".";

    /// <summary>Gets the folder to write to; <see langword="null"/>, the default, for the <c>output</c> of the recipe.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// Gets the settings that replace those of the recipe, by dotted path, such as <c>rate</c> or <c>datasets.0.batch-size</c>; empty by
    /// default.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];
}
