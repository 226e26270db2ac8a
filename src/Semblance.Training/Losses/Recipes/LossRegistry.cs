using Semblance.Training.CrossEncoders;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Provides the losses that recipes can name. Programs add their own with <see cref="Register"/>.</summary>
public static class LossRegistry
{
    private static readonly Lock Gate = new();

    private static readonly List<LossDescriptor> Descriptors =
    [
        SoftmaxLoss.Descriptor,
        CosineSimilarityLoss.Descriptor,
        TripletLoss.Descriptor,
        ContrastiveLoss.Descriptor,
        OnlineContrastiveLoss.Descriptor,
        MultipleNegativesRankingLoss.Descriptor,
        MultipleNegativesSymmetricRankingLoss.Descriptor,
        GISTEmbedLoss.Descriptor,
        MegaBatchMarginLoss.Descriptor,
        BatchAllTripletLoss.Descriptor,
        BatchHardTripletLoss.Descriptor,
        BatchSemiHardTripletLoss.Descriptor,
        BatchHardSoftMarginTripletLoss.Descriptor,
        CoSENTLoss.Descriptor,
        AnglELoss.Descriptor,
        MSELoss.Descriptor,
        EmbedDistillLoss.Descriptor,
        SimilarityDistillLoss.Descriptor,
        GlobalOrthogonalRegularizationLoss.Descriptor,
        MarginMSELoss.Descriptor,
        DistillKLDivLoss.Descriptor,
        ContrastiveTensionInBatchNegativesLoss.Descriptor,
        CachedMultipleNegativesRankingLoss.Descriptor,
        CachedMultipleNegativesSymmetricRankingLoss.Descriptor,
        CachedGISTEmbedLoss.Descriptor,
        CachedMegaBatchMarginLoss.Descriptor,
        DenoisingAutoEncoderLoss.Descriptor,
        AdaptiveLayerLoss.Descriptor,
        Matryoshka2dLoss.Descriptor,
        ContrastiveTensionLoss.Descriptor,
        MaskedLanguageModelLoss.Descriptor,
        MatryoshkaLoss.Descriptor,
        WeightedSumLoss.Descriptor,
        SparseMultipleNegativesRankingLoss.Descriptor,
        FlopsLoss.Descriptor,
        SpladeLoss.Descriptor,
        CachedSpladeLoss.Descriptor,
        CSRLoss.Descriptor,
        CSRReconstructionLoss.Descriptor,
        .. SparseLosses.Descriptors,
        MultiVectorMultipleNegativesRankingLoss.Descriptor,
        MultiVectorDistillKLDivLoss.Descriptor,
        MultiVectorSimilarityDistillLoss.Descriptor,
        BinaryCrossEntropyLoss.Descriptor,
        CrossEntropyLoss.Descriptor,
        CrossEncoders.MSELoss.Descriptor,
        CrossEncoders.MarginMSELoss.Descriptor,
        CrossEncoders.MultipleNegativesRankingLoss.Descriptor,
        CrossEncoders.CachedMultipleNegativesRankingLoss.Descriptor,
        LambdaLoss.Descriptor,
        RankNetLoss.Descriptor,
        ListNetLoss.Descriptor,
        ListMLELoss.Descriptor,
        PListMLELoss.Descriptor,
        ADRMSELoss.Descriptor,
        TextClassificationLoss.Descriptor,
        TokenClassificationLoss.Descriptor,
        QuestionAnsweringLoss.Descriptor,
        SequenceToSequenceLoss.Descriptor,
        .. Enum.GetValues<ModelOutputKind>().Select(AdversarialLoss.Descriptor),
        .. RDropLoss.Outputs.Select(RDropLoss.Descriptor),
    ];

    /// <summary>Registers a loss, so that recipes can name it.</summary>
    /// <param name="descriptor">The descriptor of the loss.</param>
    /// <exception cref="ArgumentException">A loss of this name is registered already for the same kind of output.</exception>
    public static void Register(LossDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        lock (Gate)
        {
            if (Find(descriptor.OutputKind, descriptor.Name) is not null)
            {
                throw new ArgumentException(
                    $"A loss '{descriptor.Name}' of {descriptor.OutputKind} is registered already; give it another name.",
                    nameof(descriptor));
            }

            Descriptors.Add(descriptor);
        }
    }

    /// <summary>Returns the names of the losses for a kind of model output.</summary>
    /// <param name="outputs">The kind of model output.</param>
    public static IReadOnlyCollection<string> Names(ModelOutputKind outputs)
    {
        lock (Gate)
        {
            return [.. Descriptors.Where(descriptor => descriptor.OutputKind == outputs).Select(descriptor => descriptor.Name)];
        }
    }

    /// <summary>Creates a loss from a recipe.</summary>
    /// <param name="node">The name of the loss, or the name with settings.</param>
    /// <param name="context">The context, with the model, which determines the losses that fit.</param>
    /// <exception cref="RecipeException">The model has no such loss, or a setting is not valid.</exception>
    public static Objective Create(RecipeNode node, LossContext context)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(context);
        var (name, settings) = node.Named();
        LossDescriptor? descriptor;
        lock (Gate)
        {
            descriptor = Find(context.Model.OutputKind, name);
        }

        if (descriptor is null)
        {
            throw node.Fault(
                $"there is no loss '{name}'{Of(context.Model.OutputKind)}; there are "
                + $"{string.Join(", ", Names(context.Model.OutputKind))}.");
        }

        try
        {
            return descriptor.Create(settings.Only([.. descriptor.Keys]), context);
        }
        catch (ArgumentException e)
        {
            throw node.Fault(e.Message);
        }
    }

    private static LossDescriptor? Find(ModelOutputKind outputs, string name) =>
        Descriptors.Find(descriptor => descriptor.OutputKind == outputs && descriptor.Name == name);

    private static string Of(ModelOutputKind outputs) => outputs switch
    {
        ModelOutputKind.Logits => " of cross-encoders",
        ModelOutputKind.TokenEmbeddings => " of multi-vector encoders",
        ModelOutputKind.TextLogits => " of text classifiers",
        ModelOutputKind.TokenLogits => " of token classifiers",
        ModelOutputKind.SpanLogits => " of question answerers",
        ModelOutputKind.SequenceLogits => " of sequence-to-sequence models",
        _ => "",
    };
}
