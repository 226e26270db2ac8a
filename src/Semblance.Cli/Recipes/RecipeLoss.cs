using Semblance.Training;

namespace Semblance.Cli.Recipes;

/// <summary>A loss by its name in the field, with its settings.</summary>
internal static class RecipeLoss
{
    private static readonly (string Name, SimilarityFunction Value)[] Similarities =
        [("cosine", SimilarityFunction.Cosine), ("dot", SimilarityFunction.DotProduct), ("euclidean", SimilarityFunction.Euclidean), ("manhattan", SimilarityFunction.Manhattan)];

    private static readonly (string Name, DistanceMetric Value)[] Distances =
        [("cosine", DistanceMetric.Cosine), ("euclidean", DistanceMetric.Euclidean), ("manhattan", DistanceMetric.Manhattan)];

    // Each entry reads all of its settings, or there would be settings without effect.
    private static readonly Dictionary<string, Func<RecipeNode, Context, Objective>> Losses = new(StringComparer.Ordinal)
    {
        ["SoftmaxLoss"] = (node, context) => new SoftmaxLoss(context.Model.Dimension, context.Classes(node), Concatenation(node.Only("concatenation").Find("concatenation")), context.Seed),
        ["CosineSimilarityLoss"] = (node, _) => { node.Only(); return new CosineSimilarityLoss(); },
        ["TripletLoss"] = (node, _) => new TripletLoss(Distance(node.Only("distance", "margin"), DistanceMetric.Euclidean), Margin(node, 1)),
        ["ContrastiveLoss"] = (node, _) => new ContrastiveLoss(Distance(node.Only("distance", "margin"), DistanceMetric.Cosine), Margin(node, 0.5f)),
        ["OnlineContrastiveLoss"] = (node, _) => new OnlineContrastiveLoss(Distance(node.Only("distance", "margin"), DistanceMetric.Cosine), Margin(node, 0.5f)),
        ["MultipleNegativesRankingLoss"] = (node, _) => new MultipleNegativesRankingLoss(Scale(node.Only("scale", "similarity")), Similarity(node)),
        ["MultipleNegativesSymmetricRankingLoss"] = (node, _) => new MultipleNegativesSymmetricRankingLoss(Scale(node.Only("scale", "similarity")), Similarity(node)),
        ["GISTEmbedLoss"] = (node, _) => new GISTEmbedLoss(Temperature(node.Only("guide", "temperature"), 0.01f)) { Guide = SentenceTransformer.Load(node.Get("guide").Text()) },
        ["MegaBatchMarginLoss"] = (node, _) => { node.Only(); return new MegaBatchMarginLoss(); },
        ["BatchAllTripletLoss"] = (node, _) => new BatchAllTripletLoss(Distance(node.Only("distance", "margin"), DistanceMetric.Euclidean), Margin(node, 5)),
        ["BatchHardTripletLoss"] = (node, _) => new BatchHardTripletLoss(Distance(node.Only("distance", "margin"), DistanceMetric.Euclidean), Margin(node, 5)),
        ["BatchSemiHardTripletLoss"] = (node, _) => new BatchSemiHardTripletLoss(Distance(node.Only("distance", "margin"), DistanceMetric.Euclidean), Margin(node, 5)),
        ["BatchHardSoftMarginTripletLoss"] = (node, _) => new BatchHardSoftMarginTripletLoss(Distance(node.Only("distance"), DistanceMetric.Euclidean)),
        ["CoSENTLoss"] = (node, _) => new CoSENTLoss(Scale(node.Only("scale", "similarity")), Similarity(node)),
        ["AnglELoss"] = (node, _) => new AnglELoss(Scale(node.Only("scale"))),
        ["MSELoss"] = (node, _) => { node.Only(); return new MSELoss(); },
        ["MarginMSELoss"] = (node, _) => new MarginMSELoss(Similarity(node.Only("similarity"), SimilarityFunction.DotProduct)),
        ["DistillKLDivLoss"] = (node, _) => new DistillKLDivLoss(Temperature(node.Only("temperature", "similarity"), 1), Similarity(node, SimilarityFunction.DotProduct)),
        ["ContrastiveTensionInBatchNegativesLoss"] = (node, _) => new ContrastiveTensionInBatchNegativesLoss(Scale(node.Only("scale", "similarity")), Similarity(node)),
        ["CachedMultipleNegativesRankingLoss"] = (node, _) => new CachedMultipleNegativesRankingLoss(Scale(node.Only("scale", "similarity", "mini-batch-tokens")), Similarity(node), MiniBatch(node)),
        ["CachedMultipleNegativesSymmetricRankingLoss"] = (node, _) => new CachedMultipleNegativesSymmetricRankingLoss(Scale(node.Only("scale", "similarity", "mini-batch-tokens")), Similarity(node), MiniBatch(node)),
        ["CachedGISTEmbedLoss"] = (node, _) => new CachedGISTEmbedLoss(SentenceTransformer.Load(node.Only("guide", "temperature", "mini-batch-tokens").Get("guide").Text()), Temperature(node, 0.01f), miniBatchTokens: MiniBatch(node)),
        ["CachedMegaBatchMarginLoss"] = (node, _) => new CachedMegaBatchMarginLoss(miniBatchTokens: MiniBatch(node.Only("mini-batch-tokens"))),
        ["DenoisingAutoEncoderLoss"] = (node, context) => new DenoisingAutoEncoderLoss(context.Model, seed: context.Seed) { Noise = new WordDeletion(node.Only("deletion").Find("deletion")?.Number(0.0, 0.99) ?? 0.6) },
        ["AdaptiveLayerLoss"] = (node, context) => new AdaptiveLayerLoss(Inner(node.Only("loss", "layers-per-step"), context), node.Find("layers-per-step")?.Count() ?? 1),
        ["Matryoshka2dLoss"] = (node, context) => new Matryoshka2dLoss(Inner(node.Only("loss", "dimensions", "weights"), context), [.. node.Get("dimensions").Items().Select(item => item.Count())], Weights(node)),
        ["ContrastiveTensionLoss"] = (node, _) => { node.Only(); return new ContrastiveTensionLoss(); },
        ["MaskedLanguageModelLoss"] = (node, context) => MaskedLanguageModel(node.Only("rate", "whole-words"), context),
        ["MatryoshkaLoss"] = (node, context) => new MatryoshkaLoss(Inner(node.Only("loss", "dimensions", "weights"), context), [.. node.Get("dimensions").Items().Select(item => item.Count())], Weights(node)),
    };

    /// <summary>Makes a loss.</summary>
    /// <param name="node">Its name, or its name with settings.</param>
    /// <param name="context">What some losses need to know.</param>
    public static Objective Create(RecipeNode node, Context context)
    {
        var (name, settings) = node.Named();
        return Losses.TryGetValue(name, out var create)
            ? create(settings, context)
            : throw node.Fault($"there is no loss '{name}'; there are {string.Join(", ", Losses.Keys)}.");
    }

    /// <summary>What some losses need to know beside their settings.</summary>
    /// <param name="Model">The model that is trained.</param>
    /// <param name="Folder">Where the model was loaded from; null for a new one.</param>
    /// <param name="LabelCount">How many classes the data set has; null where it has none.</param>
    /// <param name="Seed">Where random weights begin.</param>
    internal sealed record Context(SentenceTransformer Model, string? Folder, int? LabelCount, int Seed)
    {
        public int Classes(RecipeNode node) => LabelCount ?? throw node.Fault("SoftmaxLoss needs classes: name the data set's 'label' column and its 'labels'.");
    }

    private static Loss Inner(RecipeNode node, Context context) =>
        Create(node.Get("loss"), context) as Loss ?? throw node.Get("loss").Fault("a loss of sentence vectors is needed here.");

    private static MaskedLanguageModelLoss MaskedLanguageModel(RecipeNode node, Context context)
    {
        var usual = new MaskingOptions();
        var options = usual with { Rate = node.Find("rate")?.Number(0.01, 0.99) ?? usual.Rate, WholeWords = node.Find("whole-words")?.Flag() ?? usual.WholeWords };
        return context.Folder is { } folder ? MaskedLanguageModelLoss.Load(folder, context.Model, options, context.Seed) : new MaskedLanguageModelLoss(context.Model, options, context.Seed);
    }

    private static int MiniBatch(RecipeNode node) => node.Find("mini-batch-tokens")?.Count() ?? 8192;

    private static float Scale(RecipeNode node) => node.Find("scale")?.Number(float.Epsilon, 1e6f) ?? 20;

    private static float Margin(RecipeNode node, float usual) => node.Find("margin")?.Number(0f, 1e6f) ?? usual;

    private static float Temperature(RecipeNode node, float usual) => node.Find("temperature")?.Number(float.Epsilon, 1e6f) ?? usual;

    private static SimilarityFunction Similarity(RecipeNode node, SimilarityFunction usual = SimilarityFunction.Cosine) => node.Find("similarity")?.OneOf(Similarities) ?? usual;

    private static DistanceMetric Distance(RecipeNode node, DistanceMetric usual) => node.Find("distance")?.OneOf(Distances) ?? usual;

    private static float[]? Weights(RecipeNode node) => node.Find("weights") is { } weights ? [.. weights.Items().Select(item => item.Number(0f, 1e6f))] : null;

    private static Concatenation Concatenation(RecipeNode? node) => node is null
        ? Training.Concatenation.Vectors | Training.Concatenation.Difference
        : node.Items().Aggregate(default(Concatenation), (all, item) => all | item.OneOf(
            ("vectors", Training.Concatenation.Vectors), ("difference", Training.Concatenation.Difference), ("product", Training.Concatenation.Product), ("alone", Training.Concatenation.Alone)));
}
