using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Reads settings that several losses share from a recipe. A missing setting has the given default.</summary>
internal static class LossSettings
{
    private static readonly (string Name, SimilarityFunction Value)[] Similarities =
        [
            ("cosine", SimilarityFunction.Cosine),
            ("dot", SimilarityFunction.DotProduct),
            ("euclidean", SimilarityFunction.Euclidean),
            ("manhattan", SimilarityFunction.Manhattan),
        ];

    private static readonly (string Name, DistanceMetric Value)[] Distances =
        [("cosine", DistanceMetric.Cosine), ("euclidean", DistanceMetric.Euclidean), ("manhattan", DistanceMetric.Manhattan)];

    public static float Number(this RecipeNode node, string key, float usual, float least, float most) =>
        node.Find(key)?.Number(least, most) ?? usual;

    public static float Scale(this RecipeNode node, float usual) => node.Number("scale", usual, float.Epsilon, 1e6f);

    public static float Margin(this RecipeNode node, float usual) => node.Number("margin", usual, 0, 1e6f);

    public static float Weight(this RecipeNode node, string key, float usual) => node.Number(key, usual, 0, 1e6f);

    public static bool Flag(this RecipeNode node, string key, bool usual) => node.Find(key)?.Flag() ?? usual;

    public static SimilarityFunction Similarity(this RecipeNode node, SimilarityFunction usual) =>
        node.Find("similarity")?.OneOf(Similarities) ?? usual;

    public static DistanceMetric Distance(this RecipeNode node, DistanceMetric usual) => node.Find("distance")?.OneOf(Distances) ?? usual;

    /// <summary>Reads a count, or 'all', which is <see langword="null"/>.</summary>
    public static int? PerStep(this RecipeNode node, string key, int? usual) =>
        node.Find(key) is not { } count ? usual : count.Text() == "all" ? null : count.Count();

    /// <summary>Reads the combination of a list of flags.</summary>
    public static T Flags<T>(this RecipeNode node, string key, T usual, params (string Name, T Value)[] choices)
        where T : struct, Enum => node.Find(key) is { } list
            ? (T)Enum.ToObject(typeof(T), list.Items().Aggregate(0L, (all, item) => all | Convert.ToInt64(item.OneOf(choices), null)))
            : usual;

    public static int MiniBatchTokens(this RecipeNode node) =>
        node.Find("mini-batch-tokens")?.Count() ?? GradientCache.DefaultMiniBatchTokens;

    public static int? MiniBatchSize(this RecipeNode node, int? usual) => node.Find("mini-batch")?.Count() ?? usual;

    /// <summary>Creates the loss under 'loss', which must be a loss of sentence embeddings.</summary>
    public static Loss InnerLoss(this RecipeNode node, LossContext context)
    {
        var loss = node.Get("loss");
        return loss.OfVectors(LossRegistry.Create(loss, context));
    }

    /// <summary>Returns the loss that was created from the node, which must be a loss of sentence embeddings.</summary>
    public static Loss OfVectors(this RecipeNode node, Objective loss) =>
        loss as Loss ?? throw node.Fault($"a loss of sentence vectors is needed here, which {loss.Name} is not.");
}
