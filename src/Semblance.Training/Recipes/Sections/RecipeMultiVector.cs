using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tensors.LinearAlgebra;

namespace Semblance.Training.Recipes;

/// <summary>
/// Represents the late-interaction model of a recipe, <c>multi-vector</c>: an existing one, or a new projection of the token vectors of a
/// sentence encoder.
/// </summary>
internal sealed class RecipeMultiVector : IRecipeModel
{
    // Texts for the directions of a new projection; their tokens are many times the dimensions.
    private const int TextCount = 512;

    private readonly Linear? _new;

    private RecipeMultiVector(MultiVectorEncoder model, string folder, bool isFrozen, Linear? projection) =>
        (Model, Folder, IsFrozen, _new) = (model, folder, isFrozen, projection);

    /// <summary>Gets the model.</summary>
    public MultiVectorEncoder Model { get; }

    ITrainableModel IRecipeModel.Model => Model;

    /// <summary>Gets the folder that it was loaded from.</summary>
    public string Folder { get; }

    /// <summary>Gets a value that indicates whether the transformer stays as it is.</summary>
    public bool IsFrozen { get; }

    /// <summary>
    /// Gets the action that writes the model: beside a copy of the sentence encoder that it is a head of; <see langword="null"/> for a
    /// folder of its own.
    /// </summary>
    public Action<string, DType>? Save => IsFrozen && ModelKinds.Of(Folder) == ModelKind.SentenceTransformer ? SaveBoth : null;

    /// <summary>Creates the model.</summary>
    /// <param name="node">A folder or Hub id, or a mapping with <c>folder</c>.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task<RecipeMultiVector> CreateAsync(RecipeNode node, CancellationToken cancellationToken)
    {
        var settings = node.IsMapping ? node.Only("folder", "dimensions", "normalize", "max-length", "freeze") : null;
        if (settings?.Find("folder") is null && node.IsMapping)
        {
            throw node.Fault("'folder' is needed: that of a sentence encoder, or of a late-interaction model to train further.");
        }

        var kind = settings?.Find("dimensions") is null ? ModelKind.MultiVectorEncoder : ModelKind.SentenceTransformer;
        var folder = (await RecipeModel.FolderAsync(node, cancellationToken, kind).ConfigureAwait(false))!;
        var isFrozen = settings?.Find("freeze")?.Flag() ?? false;
        var length = settings?.Find("max-length");
        if (settings?.Find("dimensions") is { } dimensions)
        {
            var model = SentenceTransformer.LoadTrainable(folder);
            var input = model.Modules[0] as TransformerModule
                ?? throw node.Fault($"the model begins with {model.Modules[0]}, but late interaction needs the token vectors of a transformer.");
            var width = input.Transformer.HiddenSize;
            var projection = new Linear(Tensor.Zeros(dimensions.Number(1, width), width), null);
            Module[] head =
            [
                new DenseModule(projection, Activation.Identity, onTokens: true),
                new MultiVectorMaskModule(MultiVectorMaskModule.Punctuation),
                new NormalizeModule(
                    onTokens: true, documentsOnly: settings.Find("normalize")?.OneOf(("all", false), ("documents", true)) ?? false),
            ];
            var config = new MultiVectorConfig { Prompts = model.Config.Prompts, DefaultPromptName = model.Config.DefaultPromptName };
            return new(new MultiVectorEncoder([Limited(input, length), .. head], config), folder, isFrozen, projection);
        }

        if (!ModelKinds.AllOf(folder).Contains(ModelKind.MultiVectorEncoder))
        {
            throw node.Fault(
                "'dimensions' is needed for a new projection; without it, the folder must hold a late-interaction model.");
        }

        var found = MultiVectorEncoder.LoadTrainable(folder);
        return new(
            length is null ? found : new([Limited((TransformerModule)found.Modules[0], length), .. found.Modules.Skip(1)], found.Config),
            folder, isFrozen, null);
    }

    /// <summary>Returns the parameters to train: without those of a frozen transformer.</summary>
    public IReadOnlyList<Parameter> Trained(IReadOnlyList<Parameter> parameters)
    {
        var frozen = IsFrozen ? Model.Modules[0].Parameters().Select(parameter => parameter.Value).ToHashSet() : [];
        return [.. parameters.Where(parameter => !frozen.Contains(parameter.Value))];
    }

    /// <summary>
    /// Begins a new projection with the principal directions of the token vectors of some texts: of all projections to so few dimensions it
    /// keeps the similarities of tokens best, so that training begins where no projection ends, not with random similarities.
    /// </summary>
    /// <param name="datasets">The data sets, whose texts are taken evenly.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public void Begin(IReadOnlyList<RecipeDataset> datasets, CancellationToken cancellationToken)
    {
        if (_new is null)
        {
            return;
        }

        var texts = datasets.SelectMany(dataset => Evenly(dataset.Rows, TextCount / datasets.Count)).SelectMany(row => row.Texts).Distinct();
        var plain = new MultiVectorEncoder(
            [.. Model.Modules.Where(module => module is not (DenseModule or NormalizeModule { DocumentsOnly: true }))], Model.Config);
        var vectors = plain.EncodeDocument([.. Evenly([.. texts], TextCount)], null, null, cancellationToken).Vectors;
        var moments = Enumerable.Range(0, _new.Inputs).Select(_ => new double[_new.Inputs]).ToArray();
        foreach (var tokens in vectors.Where(tokens => tokens.Rows > 0))
        {
            using var run = new Computation(cancellationToken: cancellationToken);
            var columns = run.Transpose(tokens);
            var products = run.Product(columns, columns);
            for (var i = 0; i < moments.Length; i++)
            {
                for (var j = 0; j < moments.Length; j++)
                {
                    moments[i][j] += products.Row(i)[j];
                }
            }
        }

        // Lengths that are kept begin with a mean square of 1, so that scores begin on the scale of cosines.
        var directions = SymmetricEigen.Of(moments);
        var isNormalized = Model.Modules.Any(module => module is NormalizeModule { DocumentsOnly: false });
        var scale = isNormalized ? 1 : Math.Sqrt(vectors.Sum(tokens => tokens.Rows) / directions.Values.Take(_new.Outputs).Sum());
        for (var i = 0; i < _new.Outputs; i++)
        {
            for (var j = 0; j < _new.Inputs; j++)
            {
                _new.Weight.Writable[(i * _new.Inputs) + j] = (float)(scale * directions.Vectors[i][j]);
            }
        }
    }

    private static TransformerModule Limited(TransformerModule input, RecipeNode? length) => length is null ? input : new TransformerModule(
        input.Tokenizer, input.Transformer, length.Number(3, input.Transformer.MaxPositions), input.LowerCase);

    private static IEnumerable<T> Evenly<T>(IReadOnlyList<T> items, int most)
    {
        var count = Math.Min(items.Count, Math.Max(1, most));
        return Enumerable.Range(0, count).Select(i => items[(int)((long)i * items.Count / count)]);
    }

    private void SaveBoth(string folder, DType weights)
    {
        var isModels = ModelFiles.In(Folder);
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Folder, file);
            if (isModels(name.Replace('\\', '/')))
            {
                var copy = Path.Combine(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllBytes(copy, File.ReadAllBytes(file)); // the original may be read-only
            }
        }

        Model.SaveHead(folder, weights);
    }
}
