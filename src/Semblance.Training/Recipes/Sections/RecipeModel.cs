using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Training.Recipes;

/// <summary>Creates the initial model of a recipe: one from a folder or the Hub, or a new one, randomly initialized.</summary>
internal static class RecipeModel
{
    /// <summary>Creates the model.</summary>
    /// <param name="node">A folder or Hub id, or a mapping with <c>folder</c> or <c>new</c>.</param>
    /// <param name="seed">The random seed of the weights.</param>
    /// <param name="frozen">
    /// <see langword="true"/> if the transformer is not trained, so that its weights are mapped and not copied.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <param name="others">Further keys that the mapping may have.</param>
    public static async Task<SentenceTransformer> CreateAsync(
        RecipeNode node, int seed, bool frozen, CancellationToken cancellationToken, params string[] others)
    {
        var folder = await FolderAsync(node, cancellationToken).ConfigureAwait(false);
        if (!node.IsMapping)
        {
            return Load(folder!, frozen);
        }

        node.Only([.. others, "folder", "new", "layers", "pooling", "normalize", "max-length"]);
        var model = folder is null ? New(node.Get("new"), seed) : Load(folder, frozen);
        var input = (InputModule)model.Modules[0];
        if (node.Find("layers") is { } layers)
        {
            input = Deeper(input, layers);
        }

        if (node.Find("max-length") is { } length)
        {
            input = Shortened(input, length);
        }

        var pooling = node.Find("pooling") is { } modes
            ? new PoolingModule(FeatureShape.Of([input]).TokenWidth ?? model.Dimension, modes.Items().Select(Pooling))
            : null;
        var rest = model.Modules.Skip(1).Select(module => module is PoolingModule && pooling is not null ? pooling : module);
        if (node.Find("normalize") is { } normalize)
        {
            rest = rest.Where(module => module is not NormalizeModule).Concat(normalize.Flag() ? [new NormalizeModule()] : []);
        }

        return new SentenceTransformer([input, .. rest], model.Config);
    }

    /// <summary>Returns an input module with another maximum sequence length.</summary>
    /// <param name="input">The module.</param>
    /// <param name="length">The number of tokens.</param>
    public static InputModule Shortened(InputModule input, RecipeNode length) => input is TransformerModule transformer
        ? new TransformerModule(
            transformer.Tokenizer, transformer.Transformer, length.Number(2, transformer.Transformer.MaxPositions), transformer.LowerCase)
        : throw length.Fault($"the model begins with {input}, whose maximum sequence length cannot be set.");

    // Returns an input module with more layers, which compute nearly the same at first.
    private static TransformerModule Deeper(InputModule input, RecipeNode layers)
    {
        if (input is not TransformerModule module)
        {
            throw layers.Fault($"the model begins with {input}, which cannot be made deeper.");
        }

        try
        {
            var transformer = module.Transformer.Deepen(layers.Number(module.Transformer.LayerCount + 1, 1024));
            return new TransformerModule(module.Tokenizer, transformer, module.MaxSequenceLength, module.LowerCase);
        }
        catch (NotSupportedException e)
        {
            throw layers.Fault(e.Message);
        }
    }

    /// <summary>Creates a cross-encoder: an existing one, or a new head on the transformer of a model.</summary>
    /// <param name="node">A folder or Hub id, or a mapping with <c>folder</c> or <c>new</c>.</param>
    /// <param name="seed">The random seed of the weights.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task<CrossEncoder> CreateCrossEncoderAsync(RecipeNode node, int seed, CancellationToken cancellationToken)
    {
        var kind = node.IsMapping ? ModelKind.SentenceTransformer : ModelKind.CrossEncoder;
        var folder = await FolderAsync(node, cancellationToken, kind).ConfigureAwait(false);
        var settings = node.IsMapping ? node.Only("folder", "new", "labels", "max-length") : null;
        if (settings?.Find("labels") is not { } labels)
        {
            return folder is not null && ModelKinds.Of(folder) == ModelKind.CrossEncoder && settings?.Find("max-length") is null
                ? CrossEncoder.LoadTrainable(folder)
                : throw node.Fault(
                    "'labels' is needed for a new head: 1 for scores, or the names of the classes. Without labels, and without "
                    + "'max-length', the folder must be a cross-encoder's.");
        }

        var input = folder is null ? NewInput(node.Get("new"), seed) : TransformerModule.Load(folder, trainable: true);
        if (settings.Find("max-length") is { } length)
        {
            input = new TransformerModule(
                input.Tokenizer, input.Transformer, length.Number(3, input.Transformer.MaxPositions), input.LowerCase);
        }

        IReadOnlyList<string>? names = labels.Items() is [var one]
            ? one.Number(1, 1) == 1 ? null : []
            : [.. labels.Items().Select(label => label.Text())];
        return CrossEncoder.Create(input, names, seed);
    }

    /// <summary>Returns the folder that the model is loaded from; <see langword="null"/> for a new one.</summary>
    public static async Task<string?> FolderAsync(
        RecipeNode node, CancellationToken cancellationToken, ModelKind kind = ModelKind.SentenceTransformer)
    {
        var named = node.IsMapping ? node.Find("folder") : node;
        try
        {
            return named is null ? null : await FolderAsync(named.Text(), kind, cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryNotFoundException missing)
        {
            throw named!.Fault(missing.Message);
        }
    }

    /// <summary>Returns the folder of a model, which is downloaded if it is not in the cache.</summary>
    /// <param name="name">A folder, a Hub id, or the name of the bundled model.</param>
    /// <param name="kind">The kind of the model; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">The token that cancels the download.</param>
    /// <exception cref="DirectoryNotFoundException">The name is a path of a folder that does not exist.</exception>
    public static async Task<string> FolderAsync(string name, ModelKind? kind, CancellationToken cancellationToken)
    {
        var model = DefaultModel.Resolve(name);
        if (Directory.Exists(model))
        {
            return model;
        }

        using var hub = new HubClient();
        return await hub.DownloadAsync(HubId.Of(model, kind), null, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Downloads the models that losses and negatives name by their Hub ids, as those are loaded without the network.</summary>
    public static async Task DownloadAsync(RecipeNode recipe, CancellationToken cancellationToken)
    {
        using var hub = new HubClient();
        foreach (var (key, model) in recipe.Settings())
        {
            var isModel = key.EndsWith(".guide", StringComparison.Ordinal)
                || (key.EndsWith(".from", StringComparison.Ordinal) && key.Contains(".negatives.", StringComparison.Ordinal));
            if (isModel && model is not ("" or "bm25" or "random" or DefaultModel.Name) && !Directory.Exists(model)
                && HubId.Of(model) is var id && hub.FindCached(id) is null)
            {
                await hub.DownloadAsync(id, null, null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Modules after the transformer are trained beside an adapter.
    private static SentenceTransformer Load(string folder, bool frozen) =>
        frozen && SentenceTransformer.Load(folder) is var model && !model.Modules.Skip(1).Any(module => module.Parameters().Any())
            ? model
            : SentenceTransformer.LoadTrainable(folder);

    private static SentenceTransformer New(RecipeNode node, int seed)
    {
        var input = NewInput(node, seed);
        return new SentenceTransformer([input, new PoolingModule(input.Transformer.HiddenSize, [input.Transformer.Architecture.Pooling])]);
    }

    /// <summary>Creates a randomly initialized transformer with a tokenizer.</summary>
    /// <param name="node">The sizes.</param>
    /// <param name="seed">The random seed of the weights.</param>
    public static TransformerModule NewInput(RecipeNode node, int seed)
    {
        node.Only(
            "architecture", "tokenizer", "layers", "hidden-size", "heads", "intermediate-size", "max-length", "dropout", "word-vectors");
        var architecture = node.Find("architecture")?.OneOf([.. NewConfiguration.Architectures.Select(name => (name, name))]) ?? "bert";
        var tokenizer = Tokenizer.Load(DefaultModel.Resolve(node.Get("tokenizer").Text()));
        var hidden = node.Get("hidden-size").Count();
        var sizes = new ModelSizes
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = hidden,
            NumHiddenLayers = node.Get("layers").Number(0, 1024),
            NumAttentionHeads = node.Get("heads").Count(),
            IntermediateSize = node.Find("intermediate-size")?.Count(),
            MaxPositionEmbeddings = node.Find("max-length")?.Count() ?? 512,
            Dropout = node.Find("dropout")?.Number(0f, 0.99f) ?? 0.1f,
        };
        if (hidden % sizes.NumAttentionHeads != 0)
        {
            throw node.Get("heads").Fault($"{sizes.NumAttentionHeads} heads do not divide the hidden size of {hidden}.");
        }

        var input = RandomModel.CreateTransformer(architecture, tokenizer, sizes, seed);
        if (node.Find("word-vectors") is { } vectors)
        {
            var words = input.Transformer.Parameters().Select(parameter => parameter.Value).FirstOrDefault(
                tensor => tensor.Rows == sizes.VocabSize && tensor.Columns == hidden);
            RecipeWordVectors.Load(vectors, words ?? throw vectors.Fault(
                $"a model of the architecture '{architecture}' has no word embeddings as wide as its hidden states."));
        }

        return input;
    }

    private static Pooling Pooling(RecipeNode node) => node.OneOf(
        ("cls", Tensors.Pooling.Cls), ("mean", Tensors.Pooling.Mean), ("max", Tensors.Pooling.Max),
        ("mean-sqrt-length", Tensors.Pooling.MeanSqrtLength),
        ("weighted-mean", Tensors.Pooling.WeightedMean), ("last-token", Tensors.Pooling.LastToken));
}
