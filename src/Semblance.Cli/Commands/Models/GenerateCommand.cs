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
    private readonly GenerationOptions _generation = new();

    public GenerateCommand(Host host)
        : base("generate", "Generates text from a prompt and streams it to standard output", host)
    {
        foreach (var option in (ReadOnlySpan<Option>)[
            .. _model.All, _prompt, _input, .. _generation.All, _format])
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
        var config = _generation.Apply(arguments, generator.Config);
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
}
