using System.Runtime.CompilerServices;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Generation;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Generation;

/// <summary>Generates text with a tokenizer and a language model. Immutable and thread-safe.</summary>
public sealed class TextGenerator
{
    /// <summary>Initializes a new instance of the <see cref="TextGenerator"/> class.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="tokenizer">The tokenizer of the model.</param>
    /// <param name="config">The default settings of generation; null for the defaults of the original.</param>
    /// <exception cref="ArgumentException">The tokenizer has more token ids than the model.</exception>
    public TextGenerator(LanguageModel model, Tokenizer tokenizer, GenerationConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.VocabularySize > model.VocabularySize)
        {
            throw new ArgumentException($"The tokenizer has {tokenizer.VocabularySize} ids, but the model has only {model.VocabularySize}; "
                + "they do not belong to the same model.", nameof(tokenizer));
        }

        Model = model;
        Tokenizer = tokenizer;
        Config = config ?? GenerationConfig.Default;
    }

    /// <summary>Gets the language model, which predicts tokens.</summary>
    public LanguageModel Model { get; }

    /// <summary>Gets the tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Gets the default settings of generation.</summary>
    public GenerationConfig Config { get; }

    /// <summary>
    /// Gets a warning, one sentence, for each setting in the model's files that is unknown or not applied, and
    /// <see cref="InstructionSets.Warning"/>.
    /// </summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Tokenizer.Warnings.Concat(Model.Warnings).Concat(Config.Warnings)
            .Concat(InstructionSets.Warning is { } slow ? [slow] : []).Distinct(),
    ];

    /// <summary>Loads a model from a folder, or from the cache by its Hub id. The network is never used.</summary>
    /// <param name="model">A folder, or the id of a model that was downloaded before, such as <c>openai-community/gpt2</c>.</param>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <returns>The model.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and the cache has no such model.</exception>
    /// <exception cref="FormatException">
    /// A file of the model is damaged or has a setting that is not supported, or the model does not predict tokens.
    /// </exception>
    /// <exception cref="IOException">A file of the model cannot be read.</exception>
    public static TextGenerator Load(string model, ComputeType compute = ComputeType.Float32) =>
        LoadFolder(ModelFolder.Find(model, kind: null), compute);

    /// <summary>
    /// Loads a model from a folder, or by its Hub id. A model that the cache does not have is downloaded; a folder never uses the network.
    /// </summary>
    /// <param name="model">A folder, or an id such as <c>openai-community/gpt2</c>.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main branch.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <param name="cancellationToken">The token that cancels the operation. A later download continues from what has arrived.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FormatException">
    /// A file of the model is damaged or has a setting that is not supported, or the model does not predict tokens.
    /// </exception>
    /// <exception cref="IOException">The model cannot be read or downloaded.</exception>
    public static async Task<TextGenerator> LoadAsync(
        string model, string? revision = null, IProgress<DownloadProgress>? progress = null,
        ComputeType compute = ComputeType.Float32, CancellationToken cancellationToken = default) =>
        LoadFolder(await ModelFolder.FindAsync(model, kind: null, revision, progress, cancellationToken).ConfigureAwait(false), compute);

    /// <summary>Generates the best text for a prompt, without the prompt and special tokens.</summary>
    /// <param name="prompt">The text to continue, or the input of the encoder if the model has one.</param>
    /// <param name="config">
    /// The settings of generation, usually made from <see cref="Config"/> by <c>with</c>; null for <see cref="Config"/>.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException">
    /// The prompt is longer than the model or <see cref="GenerationConfig.MaxLength"/> allows, or a setting is invalid.
    /// </exception>
    public string Generate(string prompt, GenerationConfig? config = null, CancellationToken cancellationToken = default) =>
        Decode(GenerateTokens(Encode(prompt), config, cancellationToken)[0]);

    /// <summary>Decodes the tokens of a sequence to text, without special tokens.</summary>
    public string Decode(GeneratedSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return Tokenizer.Decode([.. sequence.Tokens]);
    }

    /// <summary>Generates sequences for a prompt of tokens.</summary>
    /// <param name="prompt">The token ids, with the special tokens that the tokenizer adds.</param>
    /// <param name="config">The settings of generation; null for <see cref="Config"/>.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns><see cref="GenerationConfig.NumReturnSequences"/> sequences; those of a beam search by descending score.</returns>
    /// <exception cref="ArgumentException">
    /// The prompt is longer than the model or <see cref="GenerationConfig.MaxLength"/> allows, or a setting is invalid.
    /// </exception>
    public IReadOnlyList<GeneratedSequence> GenerateTokens(
        IReadOnlyList<int> prompt, GenerationConfig? config = null, CancellationToken cancellationToken = default)
    {
        var request = Request(prompt, config);
        if (request.Config.NumBeams > 1)
        {
            return Search(request, cancellationToken);
        }

        return [.. Enumerable.Range(0, request.Config.NumReturnSequences).Select(_ =>
        {
            int[] tokens = [.. Tokens(request, cancellationToken)];
            return new GeneratedSequence(tokens, request.Config.EosTokenIds.Contains(tokens[^1]) ? FinishReason.EndOfSequence
                : StopsOf(request).EndIn([.. request.Prompt, .. tokens]) ? FinishReason.StopString : FinishReason.Length);
        })];
    }

    /// <summary>
    /// Generates the text for a prompt piece by piece: usually one token each, and never part of a character. The pieces together are the
    /// result of <see cref="Generate"/>. A beam search returns its text as one piece at the end.
    /// </summary>
    /// <inheritdoc cref="Generate"/>
    public async IAsyncEnumerable<string> StreamAsync(
        string prompt, GenerationConfig? config = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Request(Encode(prompt), config);
        if (request.Config.NumBeams > 1)
        {
            yield return Decode((await Task.Run(() => Search(request, cancellationToken), cancellationToken).ConfigureAwait(false))[0]);
            yield break;
        }

        var stream = new DecodeStream(Tokenizer);
        using var tokens = Tokens(request, cancellationToken).GetEnumerator();
        while (await Task.Run(tokens.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            if (stream.Next(tokens.Current) is { Length: > 0 } piece)
            {
                yield return piece;
            }
        }

        if (stream.Finish() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    private static TextGenerator LoadFolder(string folder, ComputeType compute)
    {
        var model = LanguageModel.Load(folder, compute);
        var tokenizer = Tokenizer.Load(folder).LimitVocabulary(model.VocabularySize);
        return tokenizer.VocabularySize > model.VocabularySize
            ? throw new ModelFormatException(folder, $"the tokenizer has {tokenizer.VocabularySize} ids, but the model has only "
                + $"{model.VocabularySize}; the files do not belong to the same model.")
            : new TextGenerator(model, tokenizer, GenerationConfig.Load(folder));
    }

    private int[] Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return [.. Tokenizer.Encode(prompt).Ids];
    }

    // A checked request: the input of an encoder, the tokens before the first new one, the maximum number of tokens of a sequence, and the
    // random number generator.
    private sealed record Checked(GenerationConfig Config, int[] Source, int[] Prompt, int Limit, Random Random);

    private Checked Request(IReadOnlyList<int> prompt, GenerationConfig? config)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        config ??= Config;
        config.Check();
        IEnumerable<int> named = [.. config.ForcedEosTokenIds, .. config.ForcedBosTokenId is { } forced ? [forced] : Array.Empty<int>()];
        foreach (var id in named)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Model.VocabularySize, nameof(config));
        }

        int[] start = Model.HasEncoder
            ? [config.DecoderStartTokenId ?? config.BosTokenId
                ?? throw new ArgumentException("The decoder needs a start token; set DecoderStartTokenId.", nameof(config))]
            : prompt.Count > 0 ? [.. prompt] : [config.BosTokenId ?? throw new ArgumentException(
                "The prompt has no tokens, and the model has no start token; give a prompt.", nameof(prompt))];
        if (start.Length >= Model.MaxPositions)
        {
            throw new ArgumentException($"The prompt has {start.Length} tokens, and the model supports {Model.MaxPositions}, generated "
                + "tokens included; shorten the prompt.", nameof(prompt));
        }

        long limit = config.MaxNewTokens is { } more ? (long)start.Length + more : config.MaxLength ?? start.Length + 20L;
        return start.Length < limit
            ? new Checked(config, Model.HasEncoder ? [.. prompt] : [], start,
                (int)Math.Min(limit, Model.MaxPositions), config.Seed is { } seed ? new Random(seed) : new Random())
            : throw new ArgumentException(
                $"The prompt has {start.Length} tokens, and max_length is {limit}, generated tokens included; set MaxNewTokens instead.",
                nameof(config));
    }

    // Generates one token after another: the most likely, or sampled.
    private IEnumerable<int> Tokens(Checked request, CancellationToken cancellationToken)
    {
        var config = request.Config;
        var processors = LogitsProcessor.Of(config, request.Prompt.Length, request.Limit);
        var decoding = Model.Begin(request.Source, config.MaxThreads ?? int.MaxValue, cancellationToken);
        var sequence = request.Prompt.ToList();
        int[] next = request.Prompt;
        var stops = StopsOf(request);
        while (sequence.Count < request.Limit)
        {
            var scores = Scores(decoding, [next], config, cancellationToken)[0];
            foreach (var processor in processors)
            {
                processor.Process(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sequence), scores);
            }

            var token = config.DoSample ? TokenSampler.Draw(scores, request.Random)[0] : TokenSampler.Best(scores);
            sequence.Add(token);
            yield return token;
            if (config.EosTokenIds.Contains(token) || stops.EndIn(sequence))
            {
                yield break;
            }

            next = [token];
        }
    }

    private GeneratedSequence[] Search(Checked request, CancellationToken cancellationToken)
    {
        var decoding = Model.Begin(request.Source, request.Config.MaxThreads ?? int.MaxValue, cancellationToken);
        var search = new BeamSearch(request.Config, request.Prompt, request.Limit, request.Random, StopsOf(request));
        var sequences = search.Run((tokens, parents) =>
        {
            decoding.Reorder(parents);
            return Scores(decoding, tokens, request.Config, cancellationToken);
        });
        return sequences.Count == 0
            ? throw new ArgumentException("The settings of generation forbid every token; allow some, or request fewer.")
            : [.. sequences.Take(request.Config.NumReturnSequences)];
    }

    private StopStrings StopsOf(Checked request) => new(Tokenizer, request.Config.StopStrings);

    private float[][] Scores(
        Decoding decoding, IReadOnlyList<int[]> tokens, GenerationConfig config, CancellationToken cancellationToken)
    {
        using var run = new Computation(config.MaxThreads ?? int.MaxValue, compute: Model.Compute, cancellationToken: cancellationToken);
        var logits = decoding.Next(run, tokens);
        return TensorPrimitives.IsFiniteAll(logits.Values)
            ? [.. Enumerable.Range(0, logits.Rows).Select(row => logits.Row(row).ToArray())]
            : throw new ModelFormatException("model", "the scores of the next token are not finite; are the model's weights damaged?");
    }
}
