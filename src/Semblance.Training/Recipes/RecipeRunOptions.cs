namespace Semblance.Training.Recipes;

/// <summary>
/// Specifies how a run of a <see cref="Recipe"/> treats an earlier one in the same folder. By default, an existing checkpoint is an error.
/// </summary>
public sealed record RecipeRunOptions
{
    /// <summary>
    /// Gets a value that indicates whether training resumes from the folder's checkpoint, if it has one, bit for bit;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Gets a value that indicates whether training also resumes if data or settings differ from those of the checkpoint;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool AllowChanges { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the folder's checkpoint is deleted and training starts anew; <see langword="false"/> by default.
    /// </summary>
    public bool Overwrite { get; init; }
}
