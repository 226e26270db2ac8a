namespace Semblance.Training;

/// <summary>Rows to learn from, and what is to be made small on them.</summary>
/// <param name="Name">What logs call it.</param>
/// <param name="Rows">The rows; all have the same number of texts, but for lists of candidates.</param>
/// <param name="Loss">The loss of its batches.</param>
public sealed record TrainingDataset(string Name, IReadOnlyList<Example> Rows, Objective Loss)
{
    /// <summary>What the loss counts among those of several data sets.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>What stands before the texts of each column, such as <c>query: </c>; columns beyond the list have none.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>What the texts of each column are, such as <c>query</c> and <c>document</c>, for a model with a router; columns beyond the list, and null, take its default.</summary>
    public IReadOnlyList<string?> Routes { get; init; } = [];

    /// <summary>
    /// SimCSE without labels (Gao et al. 2021, arXiv:2104.08821): each text is its own positive, encoded twice with different dropout, and
    /// the other texts of the batch are negatives.
    /// </summary>
    /// <param name="name">What logs call it.</param>
    /// <param name="rows">The rows; of each only the first text counts.</param>
    /// <param name="scale">One over the temperature; 20 by default, as in the paper.</param>
    /// <remarks>It learns from dropout, which <see cref="TrainerOptions.DropoutSeed"/> must not turn off.</remarks>
    public static TrainingDataset SimCSE(string name, IReadOnlyList<Example> rows, float scale = 20)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new TrainingDataset(name, [.. rows.Select(row => new Example([row.Texts[0], row.Texts[0]]))], new MultipleNegativesRankingLoss(new() { Scale = scale }));
    }
}
