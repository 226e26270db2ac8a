using System.CommandLine;
using System.Text;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>chunk</c>, which divides texts into chunks that fit the model.</summary>
internal sealed class ChunkCommand : CliCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", "The texts: one per line, or JSON Lines (.jsonl) with 'text'; may be .gz; '-' or no option for standard input");
    private readonly Option<bool> _whole = new("--whole")
    {
        Description = "Treats the input as one text, whose lines end with one character each",
    };
    private readonly Option<string?> _prompt = NewOption.Text(
        "--prompt", "TEXT", "A text that will be prepended to each chunk; its tokens count");
    private readonly Option<string?> _promptName = NewOption.Text("--prompt-name", "NAME", "The name of a prompt of the model instead");
    private readonly ChunkOptions _chunks;

    public ChunkCommand(Host host)
        : base(
            "chunk",
            "Divides the lines of a file into chunks that fit the model; writes a JSON object per chunk with line, start, "
            + "end (in code points), tokens and text",
            host)
    {
        _model.AddTo(this);
        Add(_input);
        Add(_whole);
        _chunks = new ChunkOptions(this);
        Add(_prompt);
        Add(_promptName);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = TextInput.Open(arguments.GetValue(_input), Host);
        var model = await _model.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var options = _chunks.Apply(
            arguments, new EncodeOptions { Prompt = arguments.GetValue(_prompt), PromptName = arguments.GetValue(_promptName) });
        using var output = new JsonLinesWriter(Host.Output);
        var whole = arguments.GetValue(_whole) ? new StringBuilder() : null;
        await foreach (var line in lines.TextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (whole is null)
            {
                Write(line, lines.Count);
            }
            else
            {
                whole.Append(line).Append('\n');
            }
        }

        if (whole is not null)
        {
            Write(whole.ToString(), 1);
        }

        void Write(string text, long line)
        {
            var (place, start) = (0, 0); // the start of the last chunk, in UTF-16 units and in code points
            foreach (var chunk in model.Chunks(text, options, cancellationToken))
            {
                start += CodePoints(text.AsSpan(place, chunk.Start - place));
                place = chunk.Start;
                var end = start + CodePoints(chunk.Of(text));
                output.Write(json =>
                {
                    json.WriteNumber("line", line);
                    json.WriteNumber("start", start);
                    json.WriteNumber("end", end);
                    json.WriteNumber("tokens", chunk.TokenCount);
                    json.WriteString("text", chunk.Of(text));
                });
            }
        }
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
