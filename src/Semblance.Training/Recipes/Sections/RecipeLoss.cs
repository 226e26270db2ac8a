namespace Semblance.Training.Recipes;

/// <summary>A loss by its name in the field, with its settings. What a recipe leaves out is the default of the class: it is read there.</summary>
internal static class RecipeLoss
{
    private static readonly (string Name, SimilarityFunction Value)[] Similarities =
        [("cosine", SimilarityFunction.Cosine), ("dot", SimilarityFunction.DotProduct), ("euclidean", SimilarityFunction.Euclidean), ("manhattan", SimilarityFunction.Manhattan)];

    private static readonly (string Name, DistanceMetric Value)[] Distances =
        [("cosine", DistanceMetric.Cosine), ("euclidean", DistanceMetric.Euclidean), ("manhattan", DistanceMetric.Manhattan)];

    private static readonly (string Name, RankingDirections Value)[] Directions =
    [
        ("query-to-document", RankingDirections.QueryToDocument), ("query-to-query", RankingDirections.QueryToQuery),
        ("document-to-query", RankingDirections.DocumentToQuery), ("document-to-document", RankingDirections.DocumentToDocument),
    ];

    private static readonly (string Name, HardnessMode? Value)[] Hardness =
        [("in-batch-negatives", HardnessMode.InBatchNegatives), ("hard-negatives", HardnessMode.HardNegatives), ("all-negatives", HardnessMode.AllNegatives)];

    // Each entry reads all of its settings, or there would be settings without effect.
    private static readonly Dictionary<string, Func<RecipeNode, Context, Objective>> Losses = new(StringComparer.Ordinal)
    {
        ["SoftmaxLoss"] = (node, context) => new SoftmaxLoss(context.Model.Dimension, context.Classes(node), Concatenation(node.Only("concatenation").Find("concatenation")), context.Seed),
        ["CosineSimilarityLoss"] = (node, _) => { node.Only(); return new CosineSimilarityLoss(); },
        ["TripletLoss"] = (node, _) => Pairs(node, new TripletLoss(), usual => new TripletLoss(Distance(node, usual.Metric), Margin(node, usual.Margin))),
        ["ContrastiveLoss"] = (node, _) => Contrastive(node.Only("distance", "margin", "average"), new ContrastiveLoss()),
        ["OnlineContrastiveLoss"] = (node, _) => Pairs(node, new OnlineContrastiveLoss(), usual => new OnlineContrastiveLoss(Distance(node, usual.Metric), Margin(node, usual.Margin))),
        ["MultipleNegativesRankingLoss"] = (node, _) => Ranking(node.Only("scale", "similarity", "directions", "partition", "hardness", "hardness-strength")),
        ["MultipleNegativesSymmetricRankingLoss"] = (node, _) => Symmetric(node.Only("scale", "similarity")),
        ["GISTEmbedLoss"] = (node, _) => Guided(node.Only("guide", "temperature", "margin-strategy", "margin", "contrast-anchors", "contrast-positives")),
        ["MegaBatchMarginLoss"] = (node, _) => MegaBatch(node.Only("positive-margin", "negative-margin")),
        ["BatchAllTripletLoss"] = (node, _) => Pairs(node, new BatchAllTripletLoss(), usual => new BatchAllTripletLoss(Distance(node, usual.Metric), Margin(node, usual.Margin))),
        ["BatchHardTripletLoss"] = (node, _) => Pairs(node, new BatchHardTripletLoss(), usual => new BatchHardTripletLoss(Distance(node, usual.Metric), Margin(node, usual.Margin))),
        ["BatchSemiHardTripletLoss"] = (node, _) => Pairs(node, new BatchSemiHardTripletLoss(), usual => new BatchSemiHardTripletLoss(Distance(node, usual.Metric), Margin(node, usual.Margin))),
        ["BatchHardSoftMarginTripletLoss"] = (node, _) => new BatchHardSoftMarginTripletLoss(Distance(node.Only("distance"), new BatchHardSoftMarginTripletLoss().Metric)),
        ["CoSENTLoss"] = (node, _) => CoSENT(node.Only("scale", "similarity"), new CoSENTLoss()),
        ["AnglELoss"] = (node, _) => new AnglELoss(Scale(node.Only("scale"), new AnglELoss().Scale)),
        ["MSELoss"] = (node, context) => node.Only("projection").Find("projection") is { } teacher ? new MSELoss(context.Model.Dimension, teacher.Count(), context.Seed) : new MSELoss(),
        ["EmbedDistillLoss"] = (node, context) => Distillation(node.Only("distance", "projection"), context),
        ["GlobalOrthogonalRegularizationLoss"] = (node, _) => Regularization(node.Only("similarity", "mean-weight", "second-moment-weight", "aggregation"), new GlobalOrthogonalRegularizationLoss()),
        ["MarginMSELoss"] = (node, _) => new MarginMSELoss(Similarity(node.Only("similarity"), new MarginMSELoss().Similarity)),
        ["DistillKLDivLoss"] = (node, _) => Divergence(node.Only("temperature", "similarity", "student-temperature", "teacher-temperature"), new DistillKLDivLoss()),
        ["ContrastiveTensionInBatchNegativesLoss"] = (node, _) => Tension(node.Only("scale", "similarity"), new ContrastiveTensionInBatchNegativesLoss()),
        ["CachedMultipleNegativesRankingLoss"] = (node, _) => CachedRanking(node.Only("scale", "similarity", "directions", "partition", "hardness", "hardness-strength", "mini-batch-tokens")),
        ["CachedMultipleNegativesSymmetricRankingLoss"] = (node, _) => CachedSymmetric(node.Only("scale", "similarity", "mini-batch-tokens")),
        ["CachedGISTEmbedLoss"] = (node, _) => CachedGuided(node.Only("guide", "temperature", "margin-strategy", "margin", "contrast-anchors", "contrast-positives", "mini-batch-tokens")),
        ["CachedMegaBatchMarginLoss"] = (node, _) => CachedMegaBatch(node.Only("positive-margin", "negative-margin", "mini-batch-tokens")),
        ["DenoisingAutoEncoderLoss"] = (node, context) => new DenoisingAutoEncoderLoss(context.Model, seed: context.Seed) { Noise = node.Only("deletion").Find("deletion") is { } ratio ? new WordDeletion(ratio.Number(0.0, 0.99)) : new WordDeletion() },
        ["AdaptiveLayerLoss"] = (node, context) => Layers(node.Only(["loss", .. LayerKeys]), context),
        ["Matryoshka2dLoss"] = (node, context) => LayersAndLengths(node.Only(["loss", "dimensions", "weights", "dimensions-per-step", .. LayerKeys]), context),
        ["ContrastiveTensionLoss"] = (node, _) => { node.Only(); return new ContrastiveTensionLoss(); },
        ["MaskedLanguageModelLoss"] = (node, context) => MaskedLanguageModel(node.Only("rate", "whole-words"), context),
        ["MatryoshkaLoss"] = (node, context) => Lengths(node.Only("loss", "dimensions", "weights", "dimensions-per-step"), context),
    };

    private static string[] LayerKeys => ["layers-per-step", "last-layer-weight", "prior-layers-weight", "divergence-weight", "divergence-temperature", "layer-weighting"];

    /// <summary>The names of the losses.</summary>
    public static IReadOnlyCollection<string> Names => Losses.Keys;

    /// <summary>Makes a loss.</summary>
    /// <param name="node">Its name, or its name with settings.</param>
    /// <param name="context">What some losses need to know.</param>
    public static Objective Create(RecipeNode node, Context context)
    {
        var (name, settings) = node.Named();
        if (!Losses.TryGetValue(name, out var create))
        {
            throw node.Fault($"there is no loss '{name}'; there are {string.Join(", ", Losses.Keys)}.");
        }

        try
        {
            return create(settings, context);
        }
        catch (ArgumentException e)
        {
            throw node.Fault(e.Message);
        }
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

    private static TLoss Pairs<TLoss>(RecipeNode node, TLoss usual, Func<TLoss, TLoss> create)
    {
        node.Only("distance", "margin");
        return create(usual);
    }

    private static ContrastiveLoss Contrastive(RecipeNode node, ContrastiveLoss usual) =>
        new(Distance(node, usual.Metric), Margin(node, usual.Margin), node.Find("average")?.Flag() ?? usual.Average);

    private static MultipleNegativesRankingLoss Ranking(RecipeNode node)
    {
        var usual = new MultipleNegativesRankingLoss();
        return new(
            Scale(node, usual.Scale),
            Similarity(node, usual.Similarity),
            node.Find("directions") is { } directions ? directions.Items().Aggregate(default(RankingDirections), (all, item) => all | item.OneOf(Directions)) : usual.Directions,
            node.Find("partition")?.OneOf(("joint", PartitionMode.Joint), ("per-direction", PartitionMode.PerDirection)) ?? usual.PartitionMode,
            node.Find("hardness") is { } hardness ? hardness.OneOf(Hardness) : usual.HardnessMode,
            node.Find("hardness-strength")?.Number(0f, 1e6f) ?? usual.HardnessStrength);
    }

    private static CachedMultipleNegativesRankingLoss CachedRanking(RecipeNode node)
    {
        var loss = Ranking(node);
        return new(loss.Scale, loss.Similarity, MiniBatch(node), loss.Directions, loss.PartitionMode, loss.HardnessMode, loss.HardnessStrength);
    }

    private static MultipleNegativesSymmetricRankingLoss Symmetric(RecipeNode node)
    {
        var usual = new MultipleNegativesSymmetricRankingLoss();
        return new(Scale(node, usual.Scale), Similarity(node, usual.Similarity));
    }

    private static CachedMultipleNegativesSymmetricRankingLoss CachedSymmetric(RecipeNode node)
    {
        var loss = Symmetric(node);
        return new(loss.Scale, loss.Similarity, MiniBatch(node));
    }

    private static GISTEmbedLoss Guided(RecipeNode node)
    {
        var usual = new GISTEmbedLoss();
        return new(
            Temperature(node, "temperature") ?? usual.Temperature,
            node.Find("margin-strategy")?.OneOf(("absolute", MarginStrategy.Absolute), ("relative", MarginStrategy.Relative)) ?? usual.MarginStrategy,
            node.Find("margin")?.Number(-1e6f, 1e6f) ?? usual.Margin,
            node.Find("contrast-anchors")?.Flag() ?? usual.ContrastAnchors,
            node.Find("contrast-positives")?.Flag() ?? usual.ContrastPositives)
        { Guide = SentenceTransformer.Load(node.Get("guide").Text()) };
    }

    private static CachedGISTEmbedLoss CachedGuided(RecipeNode node)
    {
        var loss = Guided(node);
        return new(loss.Guide!, loss.Temperature, loss.MarginStrategy, loss.Margin, loss.ContrastAnchors, loss.ContrastPositives, MiniBatch(node));
    }

    private static MegaBatchMarginLoss MegaBatch(RecipeNode node)
    {
        var usual = new MegaBatchMarginLoss();
        return new(node.Find("positive-margin")?.Number(-1f, 1f) ?? usual.PositiveMargin, node.Find("negative-margin")?.Number(-1f, 1f) ?? usual.NegativeMargin);
    }

    private static CachedMegaBatchMarginLoss CachedMegaBatch(RecipeNode node)
    {
        var loss = MegaBatch(node);
        return new(loss.PositiveMargin, loss.NegativeMargin, MiniBatch(node));
    }

    private static CoSENTLoss CoSENT(RecipeNode node, CoSENTLoss usual) => new(Scale(node, usual.Scale), Similarity(node, usual.Similarity));

    private static ContrastiveTensionInBatchNegativesLoss Tension(RecipeNode node, ContrastiveTensionInBatchNegativesLoss usual) =>
        node.Find("scale") is null ? new(similarity: Similarity(node, usual.Similarity)) : new(Scale(node, usual.Scale), Similarity(node, usual.Similarity));

    private static EmbedDistillLoss Distillation(RecipeNode node, Context context)
    {
        var distance = node.Find("distance")?.OneOf(("cosine", EmbeddingDistance.Cosine), ("euclidean", EmbeddingDistance.Euclidean), ("mse", EmbeddingDistance.MeanSquaredError)) ?? new EmbedDistillLoss().Distance;
        return node.Find("projection") is { } teacher ? new(context.Model.Dimension, teacher.Count(), distance, context.Seed) : new(distance);
    }

    private static GlobalOrthogonalRegularizationLoss Regularization(RecipeNode node, GlobalOrthogonalRegularizationLoss usual) => new(
        Similarity(node, usual.Similarity),
        Weight(node, "mean-weight", usual.MeanWeight),
        Weight(node, "second-moment-weight", usual.SecondMomentWeight),
        node.Find("aggregation")?.OneOf(("mean", Aggregation.Mean), ("sum", Aggregation.Sum)) ?? usual.Aggregation);

    private static DistillKLDivLoss Divergence(RecipeNode node, DistillKLDivLoss usual) => new(
        Temperature(node, "temperature") ?? usual.StudentTemperature, Similarity(node, usual.Similarity), Temperature(node, "student-temperature"), Temperature(node, "teacher-temperature"));

    private static AdaptiveLayerLoss Layers(RecipeNode node, Context context)
    {
        var inner = Inner(node, context);
        var usual = new AdaptiveLayerLoss(inner);
        return new(
            inner,
            PerStep(node, "layers-per-step", usual.LayersPerStep),
            Weight(node, "last-layer-weight", usual.LastLayerWeight),
            Weight(node, "prior-layers-weight", usual.PriorLayersWeight),
            Weight(node, "divergence-weight", usual.DivergenceWeight),
            Weight(node, "divergence-temperature", usual.DivergenceTemperature),
            LayerWeight(node, usual.LayerWeighting));
    }

    private static Matryoshka2dLoss LayersAndLengths(RecipeNode node, Context context)
    {
        var inner = Inner(node, context);
        var dimensions = Dimensions(node);
        var usual = new Matryoshka2dLoss(inner, dimensions);
        return new(
            inner,
            dimensions,
            Weights(node),
            PerStep(node, "layers-per-step", usual.LayersPerStep),
            PerStep(node, "dimensions-per-step", ((MatryoshkaLoss)usual.Inner!).DimensionsPerStep),
            Weight(node, "last-layer-weight", usual.LastLayerWeight),
            Weight(node, "prior-layers-weight", usual.PriorLayersWeight),
            Weight(node, "divergence-weight", usual.DivergenceWeight),
            Weight(node, "divergence-temperature", usual.DivergenceTemperature),
            LayerWeight(node, usual.LayerWeighting));
    }

    // Over cached gradients, all lengths are cut from the vectors of the whole batch.
    private static Objective Lengths(RecipeNode node, Context context) => Create(node.Get("loss"), context) switch
    {
        GradientCache cache => new GradientCache(Lengths(node, cache.Inner), cache.MiniBatchTokens),
        var inner => Lengths(node, OfVectors(node, inner)),
    };

    private static MatryoshkaLoss Lengths(RecipeNode node, Loss inner)
    {
        var dimensions = Dimensions(node);
        return new(inner, dimensions, Weights(node), PerStep(node, "dimensions-per-step", new MatryoshkaLoss(inner, dimensions).DimensionsPerStep));
    }

    private static Loss Inner(RecipeNode node, Context context) => OfVectors(node, Create(node.Get("loss"), context));

    private static Loss OfVectors(RecipeNode node, Objective inner) =>
        inner as Loss ?? throw node.Get("loss").Fault($"a loss of sentence vectors is needed here, which {inner.GetType().Name} is not.");

    private static MaskedLanguageModelLoss MaskedLanguageModel(RecipeNode node, Context context)
    {
        var usual = new MaskingOptions();
        var options = usual with { Rate = node.Find("rate")?.Number(0.01, 0.99) ?? usual.Rate, WholeWords = node.Find("whole-words")?.Flag() ?? usual.WholeWords };
        return context.Folder is { } folder ? MaskedLanguageModelLoss.Load(folder, context.Model, options, context.Seed) : new MaskedLanguageModelLoss(context.Model, options, context.Seed);
    }

    private static int MiniBatch(RecipeNode node) => node.Find("mini-batch-tokens")?.Count() ?? GradientCache.DefaultMiniBatchTokens;

    private static float Scale(RecipeNode node, float usual) => node.Find("scale")?.Number(float.Epsilon, 1e6f) ?? usual;

    private static float Margin(RecipeNode node, float usual) => node.Find("margin")?.Number(0f, 1e6f) ?? usual;

    private static float Weight(RecipeNode node, string key, float usual) => node.Find(key)?.Number(0f, 1e6f) ?? usual;

    private static float? Temperature(RecipeNode node, string key) => node.Find(key)?.Number(float.Epsilon, 1e6f);

    private static SimilarityFunction Similarity(RecipeNode node, SimilarityFunction usual) => node.Find("similarity")?.OneOf(Similarities) ?? usual;

    private static DistanceMetric Distance(RecipeNode node, DistanceMetric usual) => node.Find("distance")?.OneOf(Distances) ?? usual;

    private static LayerWeighting LayerWeight(RecipeNode node, LayerWeighting usual) =>
        node.Find("layer-weighting")?.OneOf(("uniform", LayerWeighting.Uniform), ("log", LayerWeighting.Log), ("linear", LayerWeighting.Linear)) ?? usual;

    // A count, or 'all', which is null.
    private static int? PerStep(RecipeNode node, string key, int? usual) => node.Find(key) is not { } count ? usual : count.Text() == "all" ? null : count.Count();

    private static int[] Dimensions(RecipeNode node) => [.. node.Get("dimensions").Items().Select(item => item.Count())];

    private static float[]? Weights(RecipeNode node) => node.Find("weights") is { } weights ? [.. weights.Items().Select(item => item.Number(0f, 1e6f))] : null;

    private static Concatenation Concatenation(RecipeNode? node) => node is null
        ? SoftmaxLoss.DefaultConcatenation
        : node.Items().Aggregate(default(Concatenation), (all, item) => all | item.OneOf(
            ("vectors", Training.Concatenation.Vectors), ("difference", Training.Concatenation.Difference), ("product", Training.Concatenation.Product), ("alone", Training.Concatenation.Alone)));
}
