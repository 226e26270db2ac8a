using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
using Semblance.Generation;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>generate</c>, which generates text from a prompt and streams it.</summary>
internal sealed class GenerateCommand : CliCommand
{
    private readonly ModelOption _model = new()
    {
        Required = true,
        Description = "The model, a generative one (GPT-2, T5, Llama, Mistral, Qwen, Gemma): a folder or a Hugging Face Hub id",
    };
    private readonly Option<string?> _prompt = NewOption.Text(
        "--prompt", "TEXT", "The prompt to continue, or for T5, the input of the encoder");
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE",
        $"The prompts: {TextInput.Formats}, as is neither this nor --prompt");
    private readonly TextColumn _column;
    private readonly Option<string?> _format = new("--format")
    {
        Description =
            "The format of the results: lines of text, or JSON objects with prompt and text; default: text with --prompt, else json",
    };
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

    public GenerateCommand(Host host)
        : base("generate", "Generates text from a prompt and streams it to standard output", host)
    {
        foreach (var option in (ReadOnlySpan<Option>)[
            .. _model.All, _prompt, _input, _maxNewTokens, _minNewTokens, _doSample, _temperature, _topK, _topP, _minP, _numBeams,
            _lengthPenalty, _repetitionPenalty, _noRepeatNgramSize, _seed, _threads, _format])
        {
            Add(option);
        }

        _column = new TextColumn(this);
        _format.Accept("text", "json");

        Validators.Add(result =>
        {
            if (result.GetResult(_prompt) is not null && result.GetResult(_input) is not null)
            {
                result.AddError("--prompt and --input cannot be used together.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var prompt = arguments.GetValue(_prompt);
        using var lines = prompt is null ? _column.Open(arguments, arguments.GetValue(_input), Host) : null;
        var folder = await _model.FolderAsync(arguments, Host, cancellationToken, kind: null).ConfigureAwait(false);
        var generator = TextGenerator.Load(folder, _model.Compute(arguments));
        Host.Warn(generator.Warnings);
        var config = Configure(arguments, generator.Config);
        var isJson = arguments.GetValue(_format) is { } format ? format == "json" : lines is not null;
        if (lines is null && !isJson)
        {
            await foreach (var piece in generator.StreamAsync(prompt!, config, cancellationToken).ConfigureAwait(false))
            {
                await Host.Text.WriteAsync(piece).ConfigureAwait(false);
                Host.Flush(); // a reader sees each piece at once
            }

            Host.Text.WriteLine();
            return;
        }

        using var output = new JsonLinesWriter(Host.Output);
        var prompts = lines?.TextsAsync(cancellationToken) ?? new[] { prompt! }.ToAsyncEnumerable();
        await foreach (var line in prompts.ConfigureAwait(false))
        {
            var text = generator.Generate(line, config, cancellationToken);
            if (!isJson)
            {
                Host.Text.WriteLine(Column.Last(text));
                continue;
            }

            output.Write(json =>
            {
                json.WriteString("prompt", line);
                json.WriteString("text", text);
            });
        }
    }

    private GenerationConfig Configure(ParseResult arguments, GenerationConfig config) => config with
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
