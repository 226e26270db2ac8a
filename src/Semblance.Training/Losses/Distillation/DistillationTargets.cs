namespace Semblance.Training;

/// <summary>Specifies the texts that a teacher's embeddings are for in <see cref="SimilarityDistillLoss"/>.</summary>
public enum DistillationTargets
{
    /// <summary>Each row has one embedding for all its texts, such as a sentence and its translations.</summary>
    Shared,

    /// <summary>Each text of a row has an embedding of its own; those of a row are one after another.</summary>
    Each,
}
