using System.CommandLine;
using Semblance.Generation;

namespace Semblance.Cli.Options;

/// <summary>Represents the options of the commands that generate text, which override the settings of the model.</summary>
internal sealed class GenerationOptions
{
    private readonly Option<int?> _maxNewTokens = NewOption.Count(
        "--max-new-tokens", "The maximum number of new tokens; default: the model's generation configuration, or 20");
    private readonly Option<int?> _minNewTokens = NewOption.Count("--min-new-tokens", "The minimum number of new tokens");
    private readonly Option<bool> _doSample = new("--do-sample") { Description = "Samples tokens instead of choosing the most probable" };
    private readonly Option<float?> _temperature = NewOption.Number(
        "--temperature", "T", "The temperature of sampling: below 1 favors probable tokens, above 1 flattens the distribution; default: 1",
        "a number above 0", t => t > 0);
    private readonly Option<int?> _topK = NewOption.Integer(
        "--top-k", "The number of most probable tokens to sample from; 0 for all; default: 50", least: 0);
    private readonly Option<float?> _topP = NewOption.Number(
        "--top-p", "P", "Samples from the smallest set of tokens whose total probability reaches P; default: 1",
        "a number above 0 and at most 1", p => p is > 0 and <= 1);
    private readonly Option<float?> _minP = NewOption.Number(
        "--min-p", "P", "Samples from tokens whose probability is at least P times that of the most probable token", "a number from 0 to 1",
        p => p is >= 0 and <= 1);
    private readonly Option<int?> _numBeams = NewOption.Count("--num-beams", "The number of beams of beam search; default: 1");
    private readonly Option<float?> _lengthPenalty = NewOption.Number(
        "--length-penalty", "N", "Beam search: the exponent of the length in the score; above 0 favors longer texts; default: 1");
    private readonly Option<float?> _repetitionPenalty = NewOption.Number(
        "--repetition-penalty", "N", "The penalty for repeated tokens; above 1 makes repetition less likely; default: 1",
        "a number above 0", n => n > 0);
    private readonly Option<int?> _noRepeatNgramSize = NewOption.Count(
        "--no-repeat-ngram-size", "The size of n-grams that may occur only once");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "The random seed of sampling");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The maximum number of threads; default: one per core");

    /// <summary>Gets all options.</summary>
    public IReadOnlyList<Option> All =>
    [
        _maxNewTokens, _minNewTokens, _doSample, _temperature, _topK, _topP, _minP, _numBeams, _lengthPenalty, _repetitionPenalty,
        _noRepeatNgramSize, _seed, _threads,
    ];

    /// <summary>Returns the maximum number of threads; null for one per core.</summary>
    public int? Threads(ParseResult arguments) => arguments.GetValue(_threads);

    /// <summary>Returns settings with the values of the command line.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="config">The settings of the model.</param>
    public GenerationConfig Apply(ParseResult arguments, GenerationConfig config) => config with
    {
        MaxNewTokens = arguments.GetValue(_maxNewTokens) ?? config.MaxNewTokens,
        MinNewTokens = arguments.GetValue(_minNewTokens) ?? config.MinNewTokens,
        DoSample = arguments.GetValue(_doSample) || config.DoSample,
        Temperature = arguments.GetValue(_temperature) ?? config.Temperature,
        TopK = arguments.GetValue(_topK) ?? config.TopK,
        TopP = arguments.GetValue(_topP) ?? config.TopP,
        MinP = arguments.GetValue(_minP) ?? config.MinP,
        NumBeams = arguments.GetValue(_numBeams) ?? config.NumBeams,
        LengthPenalty = arguments.GetValue(_lengthPenalty) ?? config.LengthPenalty,
        RepetitionPenalty = arguments.GetValue(_repetitionPenalty) ?? config.RepetitionPenalty,
        NoRepeatNgramSize = arguments.GetValue(_noRepeatNgramSize) ?? config.NoRepeatNgramSize,
        NumReturnSequences = 1,
        Seed = arguments.GetValue(_seed),
        MaxThreads = arguments.GetValue(_threads),
    };
}
