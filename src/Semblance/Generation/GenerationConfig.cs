using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Transformers;

namespace Semblance.Generation;

/// <summary>How text is generated. Names, meanings and defaults are those of transformers' <c>GenerationConfig</c>; <see cref="Seed"/> is our own.</summary>
public sealed record GenerationConfig
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Honoured(
            "begin_suppress_tokens", "bos_token_id", "decoder_start_token_id", "do_sample", "early_stopping", "eos_token_id", "forced_bos_token_id", "forced_eos_token_id", "length_penalty",
            "max_length", "max_new_tokens", "min_length", "min_new_tokens", "min_p", "no_repeat_ngram_size", "num_beams", "num_return_sequences", "repetition_penalty", "stop_strings",
            "suppress_tokens", "temperature", "top_k", "top_p")

        // How fast the original computes, what it hands out beside the text, and how it guesses tokens that it then checks.
        .Ignored(
            "_commit_hash", "_from_model_config", "_original_object_hash", "assistant_confidence_threshold", "assistant_early_exit", "assistant_lookbehind", "cache_config", "cache_implementation", "compile_config", "continuous_batching_config",
            "disable_compile", "generation_kwargs", "is_assistant", "low_memory", "max_cache_len", "max_matching_ngram_size", "num_assistant_tokens", "num_assistant_tokens_schedule",
            "output_attentions", "output_hidden_states", "output_logits", "output_scores", "pad_token_id", "prefill_chunk_size", "prompt_lookup_num_tokens", "remove_invalid_values",
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
        .Unsupported("penalty_alpha", "the likeliest tokens, drawn ones and beams", "0", "0.0")
        .Unsupported("renormalize_logits", "scores as the processors leave them", "false")
        .Unsupported("sequence_bias", "suppress_tokens")
        .Unsupported("token_healing", "the prompt's own tokens", "false")
        .Unsupported("watermarking_config", "tokens without a watermark");

    // Of tokens that are drawn; without do_sample they are not used.
    private static readonly KnownKeys SamplingKeys = new KnownKeys()
        .Unsupported("epsilon_cutoff", "top_k, top_p and min_p", "0.0", "0")
        .Unsupported("eta_cutoff", "top_k, top_p and min_p", "0.0", "0")
        .Unsupported("top_h", "top_k, top_p and min_p")
        .Unsupported("typical_p", "top_k, top_p and min_p", "1.0", "1")
        .With(Keys);

    private static readonly KnownKeys GreedyKeys = new KnownKeys().Ignored("epsilon_cutoff", "eta_cutoff", "top_h", "typical_p").With(Keys);

    /// <summary>The settings of the original, where nothing is said.</summary>
    public static GenerationConfig Default { get; } = new();

    /// <summary>The most new tokens. Null, the default, for what <see cref="MaxLength"/> leaves, or for 20.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>The most tokens, those of the prompt included unless the model has an encoder; <see cref="MaxNewTokens"/> goes before it.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The fewest new tokens before the sequence may end; null for none.</summary>
    public int? MinNewTokens { get; init; }

    /// <summary>The fewest tokens, counted as for <see cref="MaxLength"/>, before the sequence may end. 0 by default.</summary>
    public int MinLength { get; init; }

    /// <summary>Whether tokens are drawn by chance; false, the default, takes the likeliest.</summary>
    public bool DoSample { get; init; }

    /// <summary>What logits are divided by before a token is drawn. 1 by default; below it likely tokens gain.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Draws from so many likeliest tokens; 50 by default, 0 for all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Draws from the fewest likeliest tokens that have this much of the probability (Holtzman et al. 2020, arXiv:1904.09751). 1 by default: all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Draws from tokens that are at least this many times as likely as the likeliest; null, the default, for all.</summary>
    public float? MinP { get; init; }

    /// <summary>How many sequences are followed at once; 1, the default, follows the best only.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>When a beam search ends.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>A beam's score is divided by its length to this power: above 0 longer ones gain. 1 by default.</summary>
    public float LengthPenalty { get; init; } = 1;

    /// <summary>What the logits of tokens that were there before are divided by, or multiplied by where they are negative (Keskar et al. 2019, arXiv:1909.05858). 1 by default.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>So many tokens in a row come only once; 0, the default, for no such rule.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>How many sequences are returned: drawn one after another, or the best of a beam search. 1 by default.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>The tokens that end a sequence.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Texts that end a sequence where one stands at the end of, or within, its last token; they are part of the text. None by default.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>The token that an empty prompt becomes, or null.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The token that a decoder's sequence begins with; null for <see cref="BosTokenId"/>.</summary>
    public int? DecoderStartTokenId { get; init; }

    /// <summary>The token that comes first of all after a decoder's start, or null.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>One of these comes last where a sequence reaches its greatest length.</summary>
    public IReadOnlyList<int> ForcedEosTokenIds { get; init; } = [];

    /// <summary>Tokens that never come.</summary>
    public IReadOnlyList<int> SuppressTokens { get; init; } = [];

    /// <summary>Tokens that do not come first.</summary>
    public IReadOnlyList<int> BeginSuppressTokens { get; init; } = [];

    /// <summary>The same seed draws the same tokens; null, the default, draws others each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets what the file says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The most threads; null, the default, for one for each core. Tokens do not depend on it.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Reads <c>generation_config.json</c>, or where there is none, what <c>config.json</c> says of generation.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A setting is not possible, or asks for what is not supported.</exception>
    public static GenerationConfig Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder, "generation_config.json");
        return File.Exists(path) ? Read(ConfigurationFile.Read(path), isShared: false) : Read(ConfigurationFile.Read(Path.Combine(folder, "config.json")), isShared: true);
    }

    /// <summary>Refuses settings that are not possible.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its bounds; it is named.</exception>
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
            throw new ArgumentOutOfRangeException(nameof(StopStrings), "", "A stop string is empty, which every text ends with; leave it out.");
        }

        if (NumReturnSequences > (NumBeams > 1 ? NumBeams : DoSample ? int.MaxValue : 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(NumReturnSequences), NumReturnSequences, "There are as many sequences as beams, and one where neither beams are followed nor tokens drawn; raise NumBeams or set DoSample.");
        }

        static void Within(bool holds, float value, string name, string bounds)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name, value, $"{name} must be {bounds}.");
            }
        }
    }

    private static GenerationConfig Read(ConfigurationFile file, bool isShared)
    {
        var isDrawn = file.Flag("do_sample", false);
        file.Check(isDrawn ? SamplingKeys : GreedyKeys, isShared);
        var config = new GenerationConfig
        {
            MaxNewTokens = Count("max_new_tokens", 1),
            MaxLength = Count("max_length", 1) is var length && length == 20 ? null : length, // the original takes its default for 20 new tokens
            MinNewTokens = Count("min_new_tokens", 0),
            MinLength = Count("min_length", 0) ?? 0,
            DoSample = isDrawn,
            Temperature = file.Number("temperature", 1),
            TopK = Count("top_k", isDrawn ? 0 : int.MinValue) ?? Default.TopK, // what is not used refuses no file
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
            StopStrings = file.Find("stop_strings") is { ValueKind: JsonValueKind.String } single ? [single.GetString()!] : file.Texts("stop_strings"),
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
                file.Warn($"'{field}' has a negative id, which is no token and is ignored."); // as in the original
            }

            return [.. ids.Where(id => id >= 0)];

            int Id(JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number)
                ? number
                : throw file.Fault(field, $"has {id.GetRawText()}; expected token ids");
        }
    }
}
