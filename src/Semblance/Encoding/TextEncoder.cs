using System.Text;
using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance;

/// <summary>
/// Provides the base of encoders that compute vectors of texts with modules: <see cref="SentenceTransformer"/>, <see cref="SparseEncoder"/>
/// and <see cref="MultiVectorEncoder"/>.
/// </summary>
/// <typeparam name="TSelf">The type of the encoder.</typeparam>
/// <typeparam name="TOptions">The options for encoding.</typeparam>
/// <typeparam name="TEmbeddings">The vectors of several texts.</typeparam>
/// <typeparam name="TEmbedding">One text of a stream with its vector or vectors.</typeparam>
public abstract class TextEncoder<TSelf, TOptions, TEmbeddings, TEmbedding> : Encoder<TSelf>
    where TSelf : TextEncoder<TSelf, TOptions, TEmbeddings, TEmbedding>, ILoadable<TSelf>
    where TOptions : TextOptions, new()
    where TEmbeddings : EncodedTexts
{
    private readonly bool _needsHiddenStates;
    private readonly IReadOnlyList<string> _warnings;

    private protected TextEncoder(IReadOnlyList<Module> modules, IReadOnlyList<string> warnings)
    {
        ArgumentNullException.ThrowIfNull(modules);
        Input = modules is [InputModule { TakesTexts: true } input, ..]
            ? input
            : throw new ArgumentException("The first module must be one that accepts texts, such as a transformer.", nameof(modules));
        (Modules, _warnings) = (modules, warnings);
        _needsHiddenStates = modules.Any(module => module.NeedsHiddenStates);
        var shape = FeatureShape.Of(modules);
        Width = shape.Problems.Count == 0 ? shape.SentenceWidth ?? shape.TokenWidth ?? 0
            : throw new ArgumentException($"The modules do not fit each other: {string.Join("; ", shape.Problems)}.", nameof(modules));
    }

    /// <summary>Gets the modules, in order.</summary>
    public IReadOnlyList<Module> Modules { get; }

    /// <summary>Gets the number of elements of a vector.</summary>
    public virtual int Dimension => Width;

    /// <inheritdoc/>
    public override int MaxSequenceLength => Input.MaxSequenceLength;

    /// <inheritdoc/>
    public override Tokenizer Tokenizer =>
        Input.Tokenizer ?? throw new InvalidOperationException($"{Input} divides texts into words; the model has no subword tokenizer.");

    /// <inheritdoc/>
    public override int OutputDimension => Width;

    /// <inheritdoc/>
    public override Transformer? Body => Input.Body;

    /// <summary>Gets the first module.</summary>
    private protected InputModule Input { get; }

    /// <summary>Gets the number of elements of a vector as the modules compute it.</summary>
    private protected int Width { get; }

    private protected override AdaptableModel Adaptable => Input.Adaptable ?? throw new NotSupportedException(
        $"The model begins with {Input}, whose layers an adapter cannot change; adapters need a transformer.");

    private protected override IEnumerable<string> FileWarnings => _warnings.Concat(Modules.SelectMany(module => module.Warnings));

    /// <summary>Encodes several texts.</summary>
    /// <param name="texts">The texts to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The vectors, in the order of the texts.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public TEmbeddings Encode(IReadOnlyList<string> texts, TOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return RunTexts(texts, Checked(options), progress, cancellationToken);
    }

    /// <summary>Encodes texts that <see cref="Tokenize(string, TOptions)"/> has tokenized. The vectors have the same bits.</summary>
    /// <param name="texts">The tokenized texts, such as those of several requests.</param>
    /// <param name="options">
    /// The options that the texts were tokenized with; those about vectors, such as their dimension, may differ.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The vectors, in the order of the texts.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a token id is not in the vocabulary, or a text is longer than the maximum sequence length.
    /// </exception>
    public TEmbeddings Encode(IReadOnlyList<TokenizedText> texts, TOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options = Checked(options);
        return Run(TokenizedTexts.Of(texts, Input.Entry(options.Route), options), options, null, cancellationToken);
    }

    /// <summary>Tokenizes one text for <see cref="Encode(IReadOnlyList{TokenizedText}, TOptions, CancellationToken)"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options: prompt, route and truncation.</param>
    /// <returns>The tokens, those of the prompt included.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or the options divide texts into chunks.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public TokenizedText Tokenize(string text, TOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        options = Checked(options);
        return options.Truncation == Truncation.Chunk
            ? throw new ArgumentException(
                "Truncation.Chunk computes several vectors for a text; tokenize each of the text's Chunks instead.", nameof(options))
            : Tokenize([text], Config.PromptOf(options), options, CancellationToken.None)[0];
    }

    /// <summary>
    /// Encodes queries with the route <c>query</c> and the model's prompt <c>query</c>, if it has one and the options select no other.
    /// </summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, TOptions, IProgress{EncodeProgress}, CancellationToken)"/>
    public TEmbeddings EncodeQuery(IReadOnlyList<string> texts, TOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Encode(texts, QueryOptions(options), progress, cancellationToken);

    /// <summary>
    /// Encodes documents with the route <c>document</c> and the model's prompt <c>document</c>, <c>passage</c> or <c>corpus</c>, if it has
    /// one and the options select no other.
    /// </summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, TOptions, IProgress{EncodeProgress}, CancellationToken)"/>
    public TEmbeddings EncodeDocument(IReadOnlyList<string> texts, TOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Encode(texts, DocumentOptions(options), progress, cancellationToken);

    /// <summary>
    /// Encodes a stream of any length in bounded memory: while some texts are encoded, the next are read and the last are returned.
    /// </summary>
    /// <param name="texts">The texts to encode.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their vectors, in the order of the texts.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IAsyncEnumerable<TEmbedding> EncodeAsync(
        IAsyncEnumerable<string> texts, TOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var settings = Checked(options);
        return EncodingStream.Run(texts, text => text?.Length ?? 0, window =>
        {
            var embeddings = RunTexts(window, settings, null, cancellationToken);
            return window.Select((text, i) => One(text, embeddings, i));
        }, cancellationToken);
    }

    /// <summary>Computes the similarity of each text of one set to each text of another with the model's similarity function.</summary>
    /// <param name="a">The vectors of queries, or of any texts if the model does not distinguish queries from documents.</param>
    /// <param name="b">The vectors of documents, or of other texts.</param>
    /// <returns><c>[a × b]</c>; larger is more similar.</returns>
    public abstract Tensor Similarity(TEmbeddings a, TEmbeddings b);

    /// <summary>Tokenizes texts into one batch for the first module.</summary>
    /// <param name="texts">The texts. Those that are too long are truncated.</param>
    /// <param name="prompt">The text before each text.</param>
    /// <param name="route">The route of the texts, for a model with a router; null for its default.</param>
    /// <returns>The batch.</returns>
    public Features Tokenize(IReadOnlyList<string> texts, string prompt = "", string? route = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(prompt);
        var options = new TOptions { Route = route };
        return NewFeatures(Tokenize(texts, prompt, options, CancellationToken.None).Pack(), PromptLength(prompt, route), route);
    }

    /// <inheritdoc/>
    public override PackedBatch Tokenize(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Tokenize(input.Texts, input.Prompt, RouteOf(input)).Batch;
    }

    /// <summary>Returns all parameters. Each name begins with the index of its module.</summary>
    public override IEnumerable<Parameter> Parameters() =>
        Modules.SelectMany((module, i) => module.Parameters().Select(parameter => new Parameter($"{i}.{parameter.Name}", parameter.Value)));

    /// <summary>Returns the modules, one per line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(typeof(TSelf).Name).AppendLine("(");
        for (var i = 0; i < Modules.Count; i++)
        {
            text.Append("  (").Append(i).Append(") ").Append(Modules[i]).AppendLine();
        }

        return text.Append(')').ToString();
    }

    /// <summary>Returns options with the route and the prompt of queries, unless they select others.</summary>
    internal TOptions QueryOptions(TOptions? options) => On("query", options, "query");

    /// <summary>Returns options with the route and the prompt of documents, unless they select others.</summary>
    internal TOptions DocumentOptions(TOptions? options) => On("document", options, "document", "passage", "corpus");

    /// <summary>Encodes texts with options that have been checked.</summary>
    private protected virtual TEmbeddings RunTexts(
        IReadOnlyList<string> texts, TOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken) =>
        Run(Tokenize(texts, Config.PromptOf(options), options, cancellationToken), options, progress, cancellationToken);

    /// <summary>Encodes tokenized texts with options that have been checked.</summary>
    private protected abstract TEmbeddings Run(
        TokenizedTexts texts, TOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Returns one text of a stream with its result.</summary>
    private protected abstract TEmbedding One(string text, TEmbeddings embeddings, int index);

    /// <summary>Returns the route of the texts of a training batch; null for the model's default.</summary>
    private protected virtual string? RouteOf(ModelInput input) => input.Route;

    /// <summary>Tokenizes texts, each with the prompt before it.</summary>
    private protected virtual TokenizedTexts Tokenize(
        IReadOnlyList<string> texts, string prompt, TOptions options, CancellationToken cancellationToken) =>
        TokenizedTexts.From(Input.Entry(options.Route), texts, prompt, options, cancellationToken);

    /// <summary>Returns the options, or the defaults, after checking that they fit the model.</summary>
    private protected virtual TOptions Checked(TOptions? options)
    {
        options ??= new TOptions();
        options.Check(Body);
        return options;
    }

    /// <summary>Calls <paramref name="take"/> for each batch of the texts with the indices of its texts.</summary>
    private protected void ForEachBatch(
        TokenizedTexts texts, TOptions options, IProgress<EncodeProgress>? progress,
        Action<Computation, Features, int[]> take, CancellationToken cancellationToken)
    {
        var promptLength = PromptLength(Config.PromptOf(options), options.Route);
        texts.ForEachBatch(options, Compute, progress,
            (run, batch, indices) => take(run, NewFeatures(batch, promptLength, options.Route), indices), cancellationToken);
    }

    /// <summary>Runs a batch through all modules.</summary>
    private protected Features Through(Computation run, Features features) => Through(run, features, Modules);

    /// <summary>Runs a batch through some modules.</summary>
    private protected static Features Through(Computation run, Features features, IEnumerable<Module> modules)
    {
        foreach (var module in modules)
        {
            module.Forward(run, features);
        }

        return features;
    }

    private protected override void Write(string folder, DType weights) => ModuleList.Save(Modules, folder, weights);

    private protected override void Prepare()
    {
        foreach (var module in Modules)
        {
            module.Prepare(Compute);
        }
    }

    private int PromptLength(string prompt, string? route) => prompt.Length == 0 ? 0 : Input.Entry(route).CountPromptTokens(prompt);

    private Features NewFeatures(PackedBatch batch, int promptLength, string? route) =>
        new(batch, promptLength) { Route = route, HiddenStates = _needsHiddenStates ? [] : null };

    private TOptions On(string route, TOptions? options, params string[] promptNames)
    {
        options ??= new TOptions();
        return options with { Route = options.Route ?? route, PromptName = Config.PromptNameOf(options, promptNames) };
    }
}
