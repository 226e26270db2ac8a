namespace Semblance.Training.Recipes;

/// <summary>Represents the result of a run of a <see cref="Recipe"/>.</summary>
/// <param name="Output">The folder with the model or the tokenizer.</param>
public sealed record RecipeResult(string Output)
{
    /// <summary>Gets the best score of an evaluation during training; <see langword="null"/> without an evaluator.</summary>
    public double? Score { get; init; }

    /// <summary>Gets the evaluations before and after training; empty without an evaluator.</summary>
    public IReadOnlyList<StageResult> Evaluations { get; init; } = [];

    /// <summary>
    /// Gets the number of tokens of the trained vocabulary, or of the texts that word vectors were trained on; <see langword="null"/> if
    /// the recipe trains a model.
    /// </summary>
    public int? TokenCount { get; init; }

    /// <summary>Gets the number of texts with vectors of teachers; <see langword="null"/> if the recipe computes none.</summary>
    public int? TextCount { get; init; }
}
