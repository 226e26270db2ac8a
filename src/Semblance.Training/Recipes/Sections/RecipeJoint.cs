using Semblance.Modules;

namespace Semblance.Training.Recipes;

/// <summary>Creates the model of a recipe with several heads on one body, <c>joint</c>.</summary>
internal static class RecipeJoint
{
    /// <summary>The key of the model in a recipe.</summary>
    public const string Key = "joint";

    private const string Encoder = "model", HeadKey = "head", HeadsKey = "heads";

    // The kinds of heads, by the keys of their models.
    private static readonly string[] Kinds =
    [
        Encoder, RecipeTaskModel.TextClassifierKey, RecipeTaskModel.TokenClassifierKey, RecipeTaskModel.QuestionAnswererKey,
    ];

    /// <summary>Creates the model: a sentence encoder, which is a head if the recipe names one, and new heads on its transformer.</summary>
    /// <param name="node">The mapping with <c>folder</c> or <c>new</c>, and <c>heads</c>.</param>
    /// <param name="recipe">The recipe, whose data sets have the labels of the heads that name none.</param>
    /// <param name="data">The folder that paths of data are relative to.</param>
    /// <param name="seed">The random seed of the weights.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task<JointModel> CreateAsync(
        RecipeNode node, RecipeNode recipe, string data, int seed, CancellationToken cancellationToken)
    {
        var named = node.Get(HeadsKey).Entries().ToArray();
        var encoder = await RecipeModel.CreateAsync(node, seed, frozen: false, cancellationToken, HeadsKey).ConfigureAwait(false);
        var input = encoder.Modules[0] as TransformerModule
            ?? throw node.Fault($"the model begins with {encoder.Modules[0]}, but heads need a transformer.");
        var heads = new OrderedDictionary<string, ITrainableModel>();
        foreach (var (name, head) in named)
        {
            var (kind, settings) = head.Named();
            if (!Kinds.Contains(kind))
            {
                throw head.Fault($"there is no head '{kind}'; there are {string.Join(", ", Kinds)}.");
            }

            RecipeNode[] datasets = [.. recipe.Get("datasets").Items().Where(dataset => dataset.Find(HeadKey)?.Text() == name)];
            if (datasets.Length == 0)
            {
                throw head.Fault($"no data set trains the head '{name}'; name it with '{HeadKey}: {name}'.");
            }

            heads[name] = kind == Encoder ? encoder : RecipeTaskModel.Create(
                kind, head, input, settings.Only(RecipeTaskModel.KeysOf(kind)), datasets, data, seed + heads.Count, shared: true);
        }

        try
        {
            return new JointModel(heads);
        }
        catch (ArgumentException e)
        {
            throw node.Get(HeadsKey).Fault(e.Message);
        }
    }

    /// <summary>
    /// Returns the model that a data set or an evaluation is for: the head that it names, or the model itself without heads.
    /// </summary>
    /// <exception cref="RecipeException">The head is missing or unknown, or the model has no heads.</exception>
    public static ITrainableModel HeadOf(ITrainableModel model, RecipeNode node) => model is JointModel joint
        ? node.Get(HeadKey).OneOf([.. joint.Heads.Select(head => (head.Key, head.Value))])
        : node.Find(HeadKey) is { } head ? throw head.Fault($"'{HeadKey}' is for a '{Key}' model with several heads.") : model;

    /// <summary>Returns the name of the head that a data set or an evaluation is for; <see langword="null"/> if it names none.</summary>
    public static string? NameOf(RecipeNode node) => node.Find(HeadKey)?.Text();

    /// <summary>Returns the key in a recipe of the kind of a head.</summary>
    public static string KindOf(ITrainableModel head) => head switch
    {
        TextClassifier => RecipeTaskModel.TextClassifierKey,
        TokenClassifier => RecipeTaskModel.TokenClassifierKey,
        QuestionAnswerer => RecipeTaskModel.QuestionAnswererKey,
        _ => Encoder,
    };
}
