using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance;

/// <summary>The way of texts through modules: tokens, batches of like length, and the first module on all threads.</summary>
internal sealed class ModulePipeline
{
    private readonly bool _needsHiddenStates;

    /// <param name="modules">The modules in order.</param>
    /// <exception cref="ArgumentException">The first module takes no texts.</exception>
    public ModulePipeline(IReadOnlyList<Module> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        Input = modules is [InputModule { TakesTexts: true } input, ..] ? input : throw new ArgumentException("The first module must be one that takes texts, such as a transformer.", nameof(modules));
        _needsHiddenStates = modules.Any(module => module.NeedsHiddenStates);
    }

    /// <summary>The first module.</summary>
    public InputModule Input { get; }

    /// <summary>Returns the number of elements of the vectors that modules make one after another.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="input">The width of what the first one takes.</param>
    public static int OutputDimension(IEnumerable<Module> modules, int input)
    {
        var (width, tokens, isPooled) = (input, input, false);
        foreach (var module in modules)
        {
            // Pooling begins with the token vectors, whatever was made of them before.
            width = module.OutputDimension(module is PoolingModule ? tokens : width);
            isPooled |= module.MakesSentenceEmbeddings;
            tokens = isPooled ? tokens : width;
        }

        return width;
    }

    /// <summary>Texts in one batch, as the first module takes them.</summary>
    public Features Tokenize(IReadOnlyList<string> texts, string prompt, string? route)
    {
        var entry = Input.Entry(route);
        var tokenized = TokenizedTexts.From(entry, texts, prompt, EncodeOptions.Default, CancellationToken.None);
        return NewFeatures(tokenized.Pack(), PromptLength(entry, prompt), route);
    }

    /// <summary>Tokenizes texts, runs the first module over each batch, and lets the caller take the batch on from there.</summary>
    public TokenizedTexts Run(
        IReadOnlyList<string> texts, string prompt, TextOptions options, IProgress<EncodeProgress>? progress, Action<Computation, Features, int[]> take, CancellationToken cancellation)
    {
        var entry = Input.Entry(options.Route);
        var tokenized = TokenizedTexts.From(entry, texts, prompt, options, cancellation);
        Run(tokenized, PromptLength(entry, prompt), options, progress, take, cancellation);
        return tokenized;
    }

    /// <summary>Runs the first module over each batch of texts that have been tokenized.</summary>
    public void Run(
        TokenizedTexts tokenized, int promptLength, TextOptions options, IProgress<EncodeProgress>? progress, Action<Computation, Features, int[]> take, CancellationToken cancellation) =>
        tokenized.ForEachBatch(options, progress, (run, batch, places) =>
        {
            var features = NewFeatures(batch, promptLength, options.Route);
            Input.Forward(run, features);
            take(run, features, places);
        }, cancellation);

    private static int PromptLength(InputModule entry, string prompt) => prompt.Length == 0 ? 0 : entry.CountPromptTokens(prompt);

    private Features NewFeatures(PackedBatch batch, int promptLength, string? route) =>
        new(batch, promptLength) { Route = route, HiddenStates = _needsHiddenStates ? [] : null };
}
