using System.Text.Json;
using Semblance.Transformers;

namespace Semblance.Generation;

/// <summary>How text is generated. Names, meanings and defaults are those of transformers' <c>GenerationConfig</c>; <see cref="Seed"/> is our own.</summary>
public sealed record GenerationConfig
{
    // What would change the text and is not supported, with the values that leave it alone.
    private static readonly (string Field, string[] Harmless)[] Unsupported =
    [
        ("num_beam_groups", ["1"]), ("diversity_penalty", ["0.0", "0"]), ("penalty_alpha", ["0", "0.0"]), ("typical_p", ["1.0", "1"]), ("epsilon_cutoff", ["0.0", "0"]),
        ("eta_cutoff", ["0.0", "0"]), ("encoder_repetition_penalty", ["1.0", "1"]), ("encoder_no_repeat_ngram_size", ["0"]), ("constraints", []), ("force_words_ids", []),
        ("bad_words_ids", []), ("sequence_bias", []), ("exponential_decay_length_penalty", []), ("forced_decoder_ids", []), ("guidance_scale", ["1", "1.0"]),
    ];

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

    /// <summary>The most threads; null, the default, for one for each core. Tokens do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Reads <c>generation_config.json</c>, or where there is none, what <c>config.json</c> says of generation.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A setting is not possible, or asks for what is not supported.</exception>
    public static GenerationConfig Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder, "generation_config.json");
        return Read(ConfigurationFile.Read(File.Exists(path) ? path : Path.Combine(folder, "config.json")));
    }

    /// <summary>Refuses settings that are not possible.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its bounds; it is named.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNewTokens ?? 1, 1, nameof(MaxNewTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLength ?? 1, 1, nameof(MaxLength));
        ArgumentOutOfRangeException.ThrowIfNegative(MinNewTokens ?? 0, nameof(MinNewTokens));
        ArgumentOutOfRangeException.ThrowIfNegative(MinLength, nameof(MinLength));
        ArgumentOutOfRangeException.ThrowIfNegative(TopK, nameof(TopK));
        ArgumentOutOfRangeException.ThrowIfNegative(NoRepeatNgramSize, nameof(NoRepeatNgramSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(NumBeams, 1, nameof(NumBeams));
        ArgumentOutOfRangeException.ThrowIfLessThan(NumReturnSequences, 1, nameof(NumReturnSequences));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
        Within(Temperature > 0 && float.IsFinite(Temperature), Temperature, nameof(Temperature), "above 0");
        Within(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), RepetitionPenalty, nameof(RepetitionPenalty), "above 0");
        Within(TopP is > 0 and <= 1, TopP, nameof(TopP), "above 0 and at most 1");
        Within(MinP is null or >= 0 and <= 1, MinP ?? 0, nameof(MinP), "from 0 to 1");
        Within(float.IsFinite(LengthPenalty), LengthPenalty, nameof(LengthPenalty), "a number");
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

    private static GenerationConfig Read(ConfigurationFile file)
    {
        foreach (var (field, harmless) in Unsupported)
        {
            if (file.Find(field) is { } value && !harmless.Contains(value.GetRawText()))
            {
                throw file.Fault(field, "is set, which is not supported; remove it to generate without");
            }
        }

        var config = new GenerationConfig
        {
            MaxNewTokens = Count("max_new_tokens", 1),
            MaxLength = Count("max_length", 1) is var length && length == 20 ? null : length, // the original takes its default for 20 new tokens
            MinNewTokens = Count("min_new_tokens", 0),
            MinLength = Count("min_length", 0) ?? 0,
            DoSample = file.Flag("do_sample", false),
            Temperature = file.Number("temperature", 1),
            TopK = Count("top_k", 0) ?? Default.TopK,
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
        };
        try
        {
            config.Check();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ModelFormatException(file.Path, e.Message, e);
        }

        return config;

        int? Count(string field, int low) => file.Find(field) is null ? null : file.WholeNumber(field, low, int.MaxValue);

        int[] Ids(string field)
        {
            return file.Find(field) switch
            {
                null => [],
                { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Id)],
                { } single => [Id(single)],
            };

            int Id(JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) && number >= 0
                ? number
                : throw file.Fault(field, $"has {id.GetRawText()}; expected token ids");
        }
    }
}
