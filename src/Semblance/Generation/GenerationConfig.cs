using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Transformers;

namespace Semblance.Generation;

/// <summary>
/// Provides the settings of text generation. Names, meanings and defaults are those of transformers' <c>GenerationConfig</c>, which has no
/// <see cref="Seed"/>.
/// </summary>
public sealed record GenerationConfig
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "begin_suppress_tokens", "bos_token_id", "decoder_start_token_id", "do_sample",
            "early_stopping", "eos_token_id", "forced_bos_token_id", "forced_eos_token_id", "length_penalty",
            "max_length", "max_new_tokens", "min_length", "min_new_tokens", "min_p", "no_repeat_ngram_size",
            "num_beams", "num_return_sequences", "repetition_penalty", "stop_strings",
            "suppress_tokens", "temperature", "top_k", "top_p")

        // Keys for the speed of the original, for its additional outputs, and for assisted decoding.
        .Ignored(
            "_commit_hash", "_from_model_config", "_original_object_hash", "assistant_confidence_threshold", "assistant_early_exit",
            "assistant_lookbehind", "cache_config", "cache_implementation", "compile_config", "continuous_batching_config",
            "disable_compile", "generation_kwargs", "is_assistant", "low_memory", "max_cache_len",
            "max_matching_ngram_size", "num_assistant_tokens", "num_assistant_tokens_schedule",
            "output_attentions", "output_hidden_states", "output_logits", "output_scores",
            "pad_token_id", "prefill_chunk_size", "prompt_lookup_num_tokens", "remove_invalid_values",
            "return_dict_in_generate", "return_legacy_cache", "target_lookbehind", "transformers_version", "use_cache", "use_mtp")
        .Unsupported("assistant_ensemble_weight", "the model alone")
        .Unsupported("bad_words_ids", "suppress_tokens", "[]")
        .Unsupported("constraints", "no constraints")
        .Unsupported("diversity_penalty", "one group of beams", "0.0", "0")
        .Unsupported("dola_layers", "the last layer")
        .Unsupported("encoder_no_repeat_ngram_size", "no_repeat_ngram_size", "0")
        .Unsupported("encoder_repetition_penalty", "repetition_penalty", "1.0", "1")
        .Unsupported("exponential_decay_length_penalty", "length_penalty")
        .Unsupported("force_words_ids", "no forced words")
        .Unsupported("forced_decoder_ids", "forced_bos_token_id", "[]")
        .Unsupported("guidance_scale", "the model's own scores", "1", "1.0")
        .Unsupported("max_time", "max_new_tokens")
        .Unsupported("num_beam_groups", "one group of beams", "1")
        .Unsupported("penalty_alpha", "greedy search, sampling and beam search", "0", "0.0")
        .Unsupported("renormalize_logits", "scores without renormalization", "false")
        .Unsupported("sequence_bias", "suppress_tokens")
        .Unsupported("token_healing", "the prompt's own tokens", "false")
        .Unsupported("watermarking_config", "tokens without a watermark");

    // Keys for sampling, which are not used without do_sample.
    private static readonly KnownKeys SamplingKeys = new KnownKeys()
        .Unsupported("epsilon_cutoff", "top_k, top_p and min_p", "0.0", "0")
        .Unsupported("eta_cutoff", "top_k, top_p and min_p", "0.0", "0")
        .Unsupported("top_h", "top_k, top_p and min_p")
        .Unsupported("typical_p", "top_k, top_p and min_p", "1.0", "1")
        .With(Keys);

    private static readonly KnownKeys GreedyKeys = new KnownKeys().Ignored("epsilon_cutoff", "eta_cutoff", "top_h", "typical_p").With(Keys);

    /// <summary>Gets the default settings, those of the original.</summary>
    public static GenerationConfig Default { get; } = new();

    /// <summary>
    /// Gets the maximum number of new tokens. Null, the default, for the tokens that <see cref="MaxLength"/> leaves, or for 20.
    /// </summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>
    /// Gets the maximum number of tokens, the prompt included unless the model has an encoder. <see cref="MaxNewTokens"/> takes precedence.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Gets the minimum number of new tokens; null for none.</summary>
    public int? MinNewTokens { get; init; }

    /// <summary>Gets the minimum number of tokens, counted as for <see cref="MaxLength"/>; 0 by default.</summary>
    public int MinLength { get; init; }

    /// <summary>
    /// Gets a value that indicates whether tokens are sampled; <see langword="false"/>, the default, takes the most likely token.
    /// </summary>
    public bool DoSample { get; init; }

    /// <summary>
    /// Gets the temperature, by which logits are divided before sampling; 1 by default. Below 1, likely tokens become more likely.
    /// </summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Gets the number of most likely tokens to sample from; 50 by default, 0 for all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>
    /// Gets the probability mass to sample from: that of the smallest set of most likely tokens that reaches it (Holtzman et al. 2020,
    /// arXiv:1904.09751). 1, the default, for all tokens.
    /// </summary>
    public float TopP { get; init; } = 1;

    /// <summary>
    /// Gets the minimum probability of a token to sample, relative to that of the most likely token; null, the default, for all tokens.
    /// </summary>
    public float? MinP { get; init; }

    /// <summary>Gets the number of beams; 1, the default, for no beam search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>Gets the condition that ends a beam search.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>
    /// Gets the exponent of the length that a beam's score is divided by; 1 by default. Values above 0 favor longer sequences.
    /// </summary>
    public float LengthPenalty { get; init; } = 1;

    /// <summary>
    /// Gets the penalty for tokens that already occur: positive logits are divided by it, negative ones multiplied (Keskar et al. 2019,
    /// arXiv:1909.05858). 1, the default, for no penalty.
    /// </summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Gets the size of n-grams that can occur only once; 0, the default, for no such rule.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Gets the number of sequences to return: independent samples, or the best of a beam search; 1 by default.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>Gets the ids of the tokens that end a sequence.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>
    /// Gets the strings that end a sequence if one occurs at the end of its last token or within it. The result contains the string. None
    /// by default.
    /// </summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Gets the id of the token that replaces an empty prompt; null for none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Gets the id of the token that a decoder's sequence begins with; null for <see cref="BosTokenId"/>.</summary>
    public int? DecoderStartTokenId { get; init; }

    /// <summary>Gets the id of the token that is forced after a decoder's start token; null for none.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>Gets the ids of the tokens, one of which is forced as the last token of a sequence of maximum length.</summary>
    public IReadOnlyList<int> ForcedEosTokenIds { get; init; } = [];

    /// <summary>Gets the ids of the tokens that are never generated.</summary>
    public IReadOnlyList<int> SuppressTokens { get; init; } = [];

    /// <summary>Gets the ids of the tokens that are not generated first.</summary>
    public IReadOnlyList<int> BeginSuppressTokens { get; init; } = [];

    /// <summary>Gets the random seed: the same seed samples the same tokens. Null, the default, for a different seed each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets a warning, one sentence, for each setting in the file that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets the maximum number of threads; null, the default, for one for each core. Tokens do not depend on it.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Reads <c>generation_config.json</c>, or if it does not exist, the settings for generation in <c>config.json</c>.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A setting is invalid or not supported.</exception>
    public static GenerationConfig Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder, "generation_config.json");
        return File.Exists(path)
            ? Read(ConfigurationFile.Read(path), isShared: false)
            : Read(ConfigurationFile.Read(Path.Combine(folder, "config.json")), isShared: true);
    }

    /// <summary>Throws if a setting is invalid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the message names it.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNewTokens ?? 1, 1, nameof(MaxNewTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLength ?? 1, 1, nameof(MaxLength));
        ArgumentOutOfRangeException.ThrowIfNegative(MinNewTokens ?? 0, nameof(MinNewTokens));
        ArgumentOutOfRangeException.ThrowIfNegative(MinLength, nameof(MinLength));
        if (DoSample)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(TopK, nameof(TopK));
            Within(Temperature > 0 && float.IsFinite(Temperature), Temperature, nameof(Temperature), "above 0");
            Within(TopP is > 0 and <= 1, TopP, nameof(TopP), "above 0 and at most 1");
            Within(MinP is null or >= 0 and <= 1, MinP ?? 0, nameof(MinP), "from 0 to 1");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(NoRepeatNgramSize, nameof(NoRepeatNgramSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(NumBeams, 1, nameof(NumBeams));
        ArgumentOutOfRangeException.ThrowIfLessThan(NumReturnSequences, 1, nameof(NumReturnSequences));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads ?? 1, 1, nameof(MaxThreads));
        Within(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), RepetitionPenalty, nameof(RepetitionPenalty), "above 0");
        Within(float.IsFinite(LengthPenalty), LengthPenalty, nameof(LengthPenalty), "a number");
        if (StopStrings.Contains(""))
        {
            throw new ArgumentOutOfRangeException(nameof(StopStrings), "",
                "A stop string is empty, which every text ends with; leave it out.");
        }

        if (NumReturnSequences > (NumBeams > 1 ? NumBeams : DoSample ? int.MaxValue : 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(NumReturnSequences), NumReturnSequences,
                "A beam search returns at most NumBeams sequences, and a greedy search one; raise NumBeams or set DoSample.");
        }

        static void Within(bool holds, float value, string name, string bounds)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name, value, $"{name} must be {bounds}.");
            }
        }
    }

    internal static GenerationConfig Read(ConfigurationFile file, bool isShared)
    {
        var isDrawn = file.Flag("do_sample", false);
        file.Check(isDrawn ? SamplingKeys : GreedyKeys, isShared);
        var config = new GenerationConfig
        {
            MaxNewTokens = Count("max_new_tokens", 1),
            // the original treats its default, 20, as 20 new tokens
            MaxLength = Count("max_length", 1) is var length && length == 20 ? null : length,
            MinNewTokens = Count("min_new_tokens", 0),
            MinLength = Count("min_length", 0) ?? 0,
            DoSample = isDrawn,
            Temperature = file.Number("temperature", 1),
            TopK = Count("top_k", isDrawn ? 0 : int.MinValue) ?? Default.TopK, // an invalid value that is not used is no error
            TopP = file.Number("top_p", 1),
            MinP = file.Find("min_p") is null ? null : file.Number("min_p", 0),
            NumBeams = Count("num_beams", 1) ?? 1,
            EarlyStopping = file.Find("early_stopping") switch
            {
                null or { ValueKind: JsonValueKind.False } => EarlyStopping.Heuristic,
                { ValueKind: JsonValueKind.True } => EarlyStopping.Always,
                { ValueKind: JsonValueKind.String } text when text.ValueEquals("never") => EarlyStopping.Never,
                { } other => throw file.Fault("early_stopping", $"is {other.GetRawText()}; expected true, false or \"never\""),
            },
            LengthPenalty = file.Number("length_penalty", 1),
            RepetitionPenalty = file.Number("repetition_penalty", 1),
            NoRepeatNgramSize = Count("no_repeat_ngram_size", 0) ?? 0,
            NumReturnSequences = Count("num_return_sequences", 1) ?? 1,
            EosTokenIds = Ids("eos_token_id"),
            BosTokenId = Count("bos_token_id", 0),
            DecoderStartTokenId = Count("decoder_start_token_id", 0),
            ForcedBosTokenId = Count("forced_bos_token_id", 0),
            ForcedEosTokenIds = Ids("forced_eos_token_id"),
            SuppressTokens = Ids("suppress_tokens"),
            BeginSuppressTokens = Ids("begin_suppress_tokens"),
            StopStrings = file.Find("stop_strings") is { ValueKind: JsonValueKind.String } single
                ? [single.GetString()!] : file.Texts("stop_strings"),
        };
        try
        {
            config.Check();
        }
        catch (ArgumentOutOfRangeException e)
        {
            var fault = e.Message[..e.Message.IndexOf(" (Parameter", StringComparison.Ordinal)];
            throw new ModelFormatException(file.Path, $"'{JsonNamingPolicy.SnakeCaseLower.ConvertName(e.ParamName!)}': {fault}", e);
        }

        return config with { Warnings = file.Warnings };

        int? Count(string field, int low) => file.Find(field) is null ? null : file.WholeNumber(field, low, int.MaxValue);

        int[] Ids(string field)
        {
            int[] ids = file.Find(field) switch
            {
                null => [],
                { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Id)],
                { } single => [Id(single)],
            };
            if (ids.Any(id => id < 0))
            {
                file.Warn($"'{field}' has a negative id, which is not a token and is ignored."); // as in the original
            }

            return [.. ids.Where(id => id >= 0)];

            int Id(JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number)
                ? number
                : throw file.Fault(field, $"has {id.GetRawText()}; expected token ids");
        }
    }
}
