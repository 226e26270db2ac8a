using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Files.Json;
using Semblance.Generation;

namespace Semblance.Cli.Commands;

/// <summary><c>generate</c>: text that goes on from a prompt, as it comes.</summary>
internal sealed class GenerateCommand : CliCommand
{
    private readonly ModelOption _model = new() { Required = true, Description = "The folder of a model that predicts the next token (GPT-2, T5, Llama, Mistral, Qwen, Gemma), or its id on the Hugging Face Hub" };
    private readonly Option<string?> _prompt = NewOption.Text("--prompt", "TEXT", "What to go on from, or for T5, what to answer");
    private readonly Option<string?> _input = NewOption.Text("--input", "FILE", "A prompt a line, also as .gz; '-' is standard input, as is nothing without --prompt. A JSON object a line is written, with prompt and text");
    private readonly Option<int?> _maxNewTokens = NewOption.Count("--max-new-tokens", "The most new tokens; default what the model's configuration says, or 20");
    private readonly Option<int?> _minNewTokens = NewOption.Count("--min-new-tokens", "The fewest new tokens");
    private readonly Option<bool> _doSample = new("--do-sample") { Description = "Draw tokens by chance instead of taking the likeliest" };
    private readonly Option<float?> _temperature = NewOption.Number("--temperature", "T", "Below 1 likely tokens gain, above it unlikely ones; default 1", "a number above 0", t => t > 0);
    private readonly Option<int?> _topK = NewOption.Integer("--top-k", "Draw from so many likeliest tokens; 0 is all; default 50", least: 0);
    private readonly Option<float?> _topP = NewOption.Number("--top-p", "P", "Draw from the fewest tokens with so much of the probability; default 1", "a number above 0 and at most 1", p => p is > 0 and <= 1);
    private readonly Option<float?> _minP = NewOption.Number("--min-p", "P", "Draw from tokens at least so many times as likely as the likeliest", "a number from 0 to 1", p => p is >= 0 and <= 1);
    private readonly Option<int?> _numBeams = NewOption.Count("--num-beams", "How many sequences to follow at once; default 1");
    private readonly Option<float?> _lengthPenalty = NewOption.Number("--length-penalty", "N", "With beams: above 0 longer texts gain; default 1");
    private readonly Option<float?> _repetitionPenalty = NewOption.Number("--repetition-penalty", "N", "Above 1 tokens come less often again; default 1", "a number above 0", n => n > 0);
    private readonly Option<int?> _noRepeatNgramSize = NewOption.Count("--no-repeat-ngram-size", "So many tokens in a row come only once");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "The same seed draws the same text");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The most threads to use; default one for each core");

    public GenerateCommand(Host host)
        : base("generate", "Go on from a prompt: the text streams to standard output as it comes", host)
    {
        foreach (var option in (ReadOnlySpan<Option>)[
            _model, _prompt, _input, _maxNewTokens, _minNewTokens, _doSample, _temperature, _topK, _topP, _minP, _numBeams, _lengthPenalty, _repetitionPenalty, _noRepeatNgramSize, _seed, _threads])
        {
            Add(option);
        }

        Validators.Add(result =>
        {
            if (result.GetResult(_prompt) is not null && result.GetResult(_input) is not null)
            {
                result.AddError("--prompt and --input exclude each other.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var prompt = arguments.GetValue(_prompt);
        using var lines = prompt is null ? TextInput.Open(arguments.GetValue(_input), Host) : null;
        var generator = TextGenerator.Load(await _model.FolderAsync(arguments, Host, cancellationToken, kind: null).ConfigureAwait(false));
        Host.Warn(generator.Warnings);
        var config = Configure(arguments, generator.Config);
        if (lines is null)
        {
            await foreach (var piece in generator.StreamAsync(prompt!, config, cancellationToken).ConfigureAwait(false))
            {
                await Host.Text.WriteAsync(piece).ConfigureAwait(false);
                Host.Flush(); // somebody reads as it comes
            }

            Host.Text.WriteLine();
            return;
        }

        using var output = new JsonLinesWriter(Host.Output);
        await foreach (var line in lines.TextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var text = generator.Generate(line, config, cancellationToken);
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
