using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MSELoss"/>.</summary>
public sealed record MSELossSettings
{
    /// <summary>Gets the layer from the model's vectors to the teacher's (<see cref="EmbedDistillLoss.NewProjection"/>); null, the default, where they have equally many elements.</summary>
    public Linear? Projection { get; init; }
}

/// <summary>
/// The mean squared difference of sentence vectors and a teacher's: how a model learns another's vectors, also for other languages (Reimers
/// and Gurevych 2020, arXiv:2004.09813). <see cref="EmbedDistillLoss"/> by <see cref="EmbeddingDistance.MeanSquaredError"/>: one or more text
/// columns; the labels are the teacher's vectors, for every column the same or for each its own.
/// </summary>
public sealed class MSELoss : EmbedDistillLoss
{
    private const string ReimersMultilingual =
        """
        @inproceedings{reimers-2020-multilingual-sentence-bert,
            title = "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
            author = "Reimers, Nils and Gurevych, Iryna",
            booktitle = "Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing",
            month = "11",
            year = "2020",
            publisher = "Association for Computational Linguistics",
            url = "https://arxiv.org/abs/2004.09813",
        }
        """;

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(MSELoss), ModelOutputKind.SentenceEmbeddings, ["projection"], (node, context) => new MSELoss(new() { Projection = ReadProjection(node, context) }));

    /// <summary>Makes the loss.</summary>
    /// <param name="settings">The settings; null for the defaults.</param>
    public MSELoss(MSELossSettings? settings = null)
        : base(new() { Distance = EmbeddingDistance.MeanSquaredError, Projection = settings?.Projection })
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [ReimersMultilingual];
}
