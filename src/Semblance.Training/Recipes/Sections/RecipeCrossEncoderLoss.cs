using Semblance.Tensors;
using Semblance.Training.CrossEncoders;

namespace Semblance.Training.Recipes;

/// <summary>A loss of a cross-encoder by its name in the field, with its settings. What a recipe leaves out is the default of the class: it is read there.</summary>
internal static class RecipeCrossEncoderLoss
{
    private static readonly (string Name, LambdaWeighting Value)[] Weightings =
    [
        ("none", LambdaWeighting.None), ("ndcg-loss1", LambdaWeighting.NDCGLoss1), ("ndcg-loss2", LambdaWeighting.NDCGLoss2),
        ("lambda-rank", LambdaWeighting.LambdaRank), ("ndcg-loss2++", LambdaWeighting.NDCGLoss2PP),
    ];

    private static readonly Training.CrossEncoders.MultipleNegativesRankingLoss Ranking = new();

    // Each entry reads all of its settings, or there would be settings without effect.
    private static readonly Dictionary<string, Func<RecipeNode, Objective>> Losses = new(StringComparer.Ordinal)
    {
        ["BinaryCrossEntropyLoss"] = node => new BinaryCrossEntropyLoss(node.Only("positive-weight", "mini-batch").Find("positive-weight")?.Number(float.Epsilon, 1e6f) ?? new BinaryCrossEntropyLoss().PositiveWeight) { MiniBatchSize = MiniBatch(node) },
        ["CrossEntropyLoss"] = node => new CrossEntropyLoss { MiniBatchSize = MiniBatch(node.Only("mini-batch")) },
        ["MSELoss"] = node => new Training.CrossEncoders.MSELoss { MiniBatchSize = MiniBatch(node.Only("mini-batch")) },
        ["MarginMSELoss"] = node => new Training.CrossEncoders.MarginMSELoss { MiniBatchSize = MiniBatch(node.Only("mini-batch")) },
        ["MultipleNegativesRankingLoss"] = node => new Training.CrossEncoders.MultipleNegativesRankingLoss(Negatives(node.Only("negatives", "scale", "activation")), Scale(node)) { Activation = Activated(node) },
        ["CachedMultipleNegativesRankingLoss"] = node => new Training.CrossEncoders.CachedMultipleNegativesRankingLoss(
            Negatives(node.Only("negatives", "scale", "activation", "mini-batch")), Scale(node), MiniBatch(node) ?? new Training.CrossEncoders.CachedMultipleNegativesRankingLoss().MiniBatchSize!.Value)
        { Activation = Activated(node) },
        ["LambdaLoss"] = node => Lambda(node.Only("weighting", "mu", "k", "sigma", "natural-logarithm", "mini-batch"), new LambdaLoss()),
        ["RankNetLoss"] = node => new RankNetLoss
        {
            K = node.Only("k", "sigma", "natural-logarithm", "mini-batch").Find("k")?.Count(),
            Sigma = Sigma(node),
            NaturalLogarithm = NaturalLogarithm(node),
            MiniBatchSize = MiniBatch(node),
        },
        ["ListNetLoss"] = node => new ListNetLoss { MiniBatchSize = MiniBatch(node.Only("mini-batch")) },
        ["ListMLELoss"] = node => new ListMLELoss { RespectInputOrder = Ordered(node.Only("ordered", "mini-batch")), MiniBatchSize = MiniBatch(node) },
        ["PListMLELoss"] = node => new PListMLELoss { RespectInputOrder = Ordered(node.Only("ordered", "mini-batch")), MiniBatchSize = MiniBatch(node) },
        ["ADRMSELoss"] = node => new ADRMSELoss(node.Only("temperature", "mini-batch").Find("temperature")?.Number(float.Epsilon, 1e6f) ?? new ADRMSELoss().Temperature) { MiniBatchSize = MiniBatch(node) },
    };

    /// <summary>The names of the losses.</summary>
    public static IReadOnlyCollection<string> Names => Losses.Keys;

    /// <summary>Makes a loss.</summary>
    /// <param name="node">Its name, or its name with settings.</param>
    public static Objective Create(RecipeNode node)
    {
        var (name, settings) = node.Named();
        return Losses.TryGetValue(name, out var create)
            ? create(settings)
            : throw node.Fault($"there is no loss '{name}' of cross-encoders; there are {string.Join(", ", Losses.Keys)}.");
    }

    private static LambdaLoss Lambda(RecipeNode node, LambdaLoss usual) =>
        new(node.Find("weighting")?.OneOf(Weightings) ?? usual.Weighting, node.Find("mu")?.Number(float.Epsilon, 1e6f) ?? usual.Mu)
        {
            K = node.Find("k")?.Count(),
            Sigma = Sigma(node),
            NaturalLogarithm = NaturalLogarithm(node),
            MiniBatchSize = MiniBatch(node),
        };

    private static int? MiniBatch(RecipeNode node) => node.Find("mini-batch")?.Count();

    // A number, or 'all', which is null.
    private static int? Negatives(RecipeNode node) => node.Find("negatives") is not { } negatives ? Ranking.Negatives : negatives.Text() == "all" ? null : negatives.Number(0, int.MaxValue);

    private static Activation Activated(RecipeNode node) => node.Find("activation")?.OneOf(("sigmoid", Activation.Sigmoid), ("identity", Activation.Identity), ("tanh", Activation.Tanh)) ?? Ranking.Activation;

    private static float Scale(RecipeNode node) => node.Find("scale")?.Number(float.Epsilon, 1e6f) ?? Ranking.Scale;

    private static float Sigma(RecipeNode node) => node.Find("sigma")?.Number(float.Epsilon, 1e6f) ?? new LambdaLoss().Sigma;

    private static bool NaturalLogarithm(RecipeNode node) => node.Find("natural-logarithm")?.Flag() ?? new LambdaLoss().NaturalLogarithm;

    private static bool Ordered(RecipeNode node) => node.Find("ordered")?.Flag() ?? new PListMLELoss().RespectInputOrder;
}
