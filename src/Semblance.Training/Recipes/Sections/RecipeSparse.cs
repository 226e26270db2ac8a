using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Training.Recipes;

/// <summary>
/// Represents the sparse encoder of a recipe, <c>sparse</c>: an existing one, or a new one over the transformer or the vectors of a model.
/// </summary>
internal sealed class RecipeSparse : IRecipeModel
{
    private RecipeSparse(SparseEncoder model, string folder, bool isFrozen) => (Model, Folder, IsFrozen) = (model, folder, isFrozen);

    /// <summary>Gets the model.</summary>
    public SparseEncoder Model { get; }

    ITrainableModel IRecipeModel.Model => Model;

    /// <summary>Gets the folder that it was loaded from.</summary>
    public string Folder { get; }

    /// <summary>Gets a value that indicates whether only the last module is trained.</summary>
    public bool IsFrozen { get; }

    /// <summary>Creates the model.</summary>
    /// <param name="node">A folder or Hub id, or a mapping with <c>folder</c>.</param>
    /// <param name="seed">The random seed of new weights.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task<RecipeSparse> CreateAsync(RecipeNode node, int seed, CancellationToken cancellationToken)
    {
        var settings = node.IsMapping ? node.Only("folder", "head", "auto-encoder", "max-length", "freeze") : null;
        if (settings is not null && settings.Find("folder") is null)
        {
            throw node.Fault("'folder' is needed: that of a sparse encoder, of a masked language model, or of a sentence encoder.");
        }

        var (head, autoEncoder) = (settings?.Find("head"), settings?.Find("auto-encoder"));
        if (head is not null && autoEncoder is not null)
        {
            throw autoEncoder.Fault("a recipe has a new 'head' (SPLADE) or an 'auto-encoder', not both.");
        }

        var kind = head is null && autoEncoder is null ? ModelKind.SparseEncoder : ModelKind.SentenceTransformer;
        var folder = (await RecipeModel.FolderAsync(node, cancellationToken, kind).ConfigureAwait(false))!;
        var isFrozen = settings?.Find("freeze")?.Flag() ?? false;
        if (isFrozen && autoEncoder is null && head is not null)
        {
            throw settings!.Get("freeze").Fault("a new head is trained with its transformer; freeze only below an 'auto-encoder'.");
        }

        var length = settings?.Find("max-length");
        if (autoEncoder is not null)
        {
            var model = SentenceTransformer.LoadTrainable(folder);
            var input = length is null ? model.Modules[0] : RecipeModel.Shortened((InputModule)model.Modules[0], length);
            return new(
                new SparseEncoder([input, .. model.Modules.Skip(1), AutoEncoder(autoEncoder, model.Dimension, seed)], model.Config),
                folder, isFrozen);
        }

        if (head is null)
        {
            var found = SparseEncoder.LoadTrainable(folder);
            return length is null
                ? new(found, folder, isFrozen)
                : throw length.Fault("only a new head or auto-encoder has a 'max-length'.");
        }

        head.OneOf(("new", true));
        var text = TransformerModule.Load(folder, trainable: true);
        if (length is not null)
        {
            text = (TransformerModule)RecipeModel.Shortened(text, length);
        }

        try
        {
            return new(new SparseEncoder([MaskedLanguageModule.Create(text, seed), new SpladePoolingModule()]), folder, isFrozen);
        }
        catch (ArgumentException e)
        {
            throw head.Fault(e.Message);
        }
    }

    /// <summary>Returns the parameters to train: without those of frozen modules.</summary>
    public IReadOnlyList<Parameter> Trained(IReadOnlyList<Parameter> parameters)
    {
        var frozen = IsFrozen
            ? Model.Modules.SkipLast(1).SelectMany(module => module.Parameters()).Select(parameter => parameter.Value).ToHashSet()
            : [];
        return [.. parameters.Where(parameter => !frozen.Contains(parameter.Value))];
    }

    private static SparseAutoEncoderModule AutoEncoder(RecipeNode node, int inputs, int seed)
    {
        node.Only("dimensions", "k", "auxiliary-k", "dead-threshold");
        var outputs = node.Find("dimensions")?.Count() ?? 4 * inputs;
        return new SparseAutoEncoderModule(
            inputs, outputs, node.Find("k")?.Number(1, outputs) ?? Math.Min(8, outputs),
            node.Find("auxiliary-k")?.Number(0, outputs) ?? Math.Min(512, outputs),
            node.Find("dead-threshold")?.Number(0, int.MaxValue) ?? 30, seed);
    }
}
