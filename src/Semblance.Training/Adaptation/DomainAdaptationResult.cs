namespace Semblance.Training;

/// <summary>Represents the result of <see cref="DomainAdaptation"/>.</summary>
/// <param name="Before">The evaluation of the model before it was adapted.</param>
/// <param name="After">The evaluation of the adapted model, on the same pairs.</param>
/// <param name="IsKept">
/// <see langword="true"/> if the adapted model was written to the output folder; <see langword="false"/> if it is not better than before.
/// </param>
/// <param name="Recipes">The recipes that were run, in order; each can be run again.</param>
/// <param name="NewWords">The words that were added to the vocabulary.</param>
public sealed record DomainAdaptationResult(
    EvaluationResult Before, EvaluationResult After, bool IsKept, IReadOnlyList<string> Recipes, IReadOnlyList<string> NewWords)
{
    /// <summary>Gets a value that indicates whether the primary metric, NDCG@10, is higher than before.</summary>
    public bool IsBetter => After.PrimaryScore > Before.PrimaryScore;
}
