namespace Semblance.Training.Recipes;

/// <summary>Represents what came of a run of a <see cref="Recipe"/>.</summary>
/// <param name="Output">The folder with the model or the tokenizer.</param>
public sealed record RecipeResult(string Output)
{
    /// <summary>Gets the best score of an evaluation during training; null without an evaluator.</summary>
    public double? Score { get; init; }

    /// <summary>Gets the evaluations before and after training; empty without an evaluator.</summary>
    public IReadOnlyList<StageResult> Evaluations { get; init; } = [];

    /// <summary>
    /// Gets the number of tokens of the vocabulary that was trained, or of the texts that word vectors were trained on; null where the recipe trains a model.
    /// </summary>
    public int? TokenCount { get; init; }
}
