namespace Semblance.Training;

/// <summary>Represents precision, recall and F1 of entities.</summary>
/// <param name="Precision">The share of the predicted entities that are right; 0 without predicted entities.</param>
/// <param name="Recall">The share of the true entities that are found; 0 without true entities.</param>
/// <param name="F1">The harmonic mean of precision and recall; 0 if both are 0.</param>
/// <param name="Support">The number of true entities.</param>
public readonly record struct EntityScore(double Precision, double Recall, double F1, int Support)
{
    internal static EntityScore Of(int right, int predicted, int support)
    {
        var precision = predicted == 0 ? 0 : (double)right / predicted;
        var recall = support == 0 ? 0 : (double)right / support;
        return new(precision, recall, precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), support);
    }
}
