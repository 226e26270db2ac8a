namespace Semblance.Training.Recipes;

/// <summary>Specifies how a run of a <see cref="Recipe"/> treats an earlier one in the same folder. By default a checkpoint that is there is an error.</summary>
public sealed record RecipeRunOptions
{
    /// <summary>Gets whether training goes on from the checkpoint of the folder, if it has one, bit for bit.</summary>
    public bool Resume { get; init; }

    /// <summary>Gets whether training also goes on if data or settings differ from those of the checkpoint.</summary>
    public bool AllowChanges { get; init; }

    /// <summary>Gets whether training begins anew where the folder has a checkpoint, which is deleted.</summary>
    public bool Overwrite { get; init; }
}
