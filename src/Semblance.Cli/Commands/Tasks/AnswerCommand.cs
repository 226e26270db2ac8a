using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>answer</c>, which finds the answer to a question in a text, in the lines of a file, or in an index.</summary>
internal sealed class AnswerCommand : CliCommand
{
    private readonly Argument<string> _question = new("QUESTION") { Description = "The question" };
    private readonly Option<string?> _text = NewOption.Text("--text", "TEXT", "The text to find the answer in");
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", $"The texts to find the answer in: {TextInput.Formats}");
    private readonly TextColumn _column;
    private readonly Option<string?> _index = NewOption.Text(
        "--index", "DIR", "The folder of an index with texts: finds the answer in the results of a search for the question");
    private readonly Option<int?> _passages = NewOption.Count(
        "--passages", "--index: the number of results that are read; default: 10");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "The number of answers; default: 1");
    private readonly Option<int?> _maxAnswerTokens = NewOption.Count(
        "--max-answer-tokens", "The maximum number of tokens of an answer; default: 15");
    private readonly Option<bool> _noAnswer = new("--no-answer")
    {
        Description = "--text: writes an empty answer if the model considers it the most probable",
    };
    private readonly Option<string> _format = NewOption.Format();
    private readonly TaskModelOptions _model;

    public AnswerCommand(Host host)
        : base(
            "answer",
            "Finds the answer to a question; writes lines of score, answer and, of several texts, the text or id that it is in, or a JSON "
            + "object",
            host)
    {
        Add(_question);
        Add(_text);
        Add(_input);
        _column = new TextColumn(this);
        Add(_index);
        Add(_passages);
        Add(_topK);
        Add(_maxAnswerTokens);
        Add(_noAnswer);
        Add(_format);
        _model = new TaskModelOptions(this, "The question answerer");
        Validators.Add(result =>
        {
            if (((Option[])[_text, _input, _index]).Count(option => result.GetResult(option) is not null) != 1)
            {
                result.AddError("Give a text with --text, a file with --input, or an index with --index.");
            }
            else if (result.GetResult(_passages) is not null && result.GetResult(_index) is null)
            {
                result.AddError("--passages is for --index.");
            }
            else if (result.GetValue(_noAnswer) && result.GetResult(_text) is null)
            {
                result.AddError("--no-answer is for --text.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var model = QuestionAnswerer.Load(
            await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false), _model.Compute(arguments));
        Host.Warn(model.Warnings);
        var options = _model.Apply(arguments, Host, new AnswerOptions
        {
            TopK = arguments.GetValue(_topK) ?? 1,
            MaxAnswerTokens = arguments.GetValue(_maxAnswerTokens) ?? AnswerOptions.Default.MaxAnswerTokens,
            AllowNoAnswer = arguments.GetValue(_noAnswer),
        });
        var question = arguments.GetValue(_question)!;
        if (arguments.GetValue(_text) is { } text)
        {
            Write(arguments, question, model.Answer(question, text, options).Select(answer => (answer, text, (string?)null)));
            return;
        }

        var texts = arguments.GetValue(_index) is { } index
            ? await SearchAsync(index, question, arguments.GetValue(_passages) ?? 10, cancellationToken).ConfigureAwait(false)
            : await ReadAsync(arguments, cancellationToken).ConfigureAwait(false);
        var answers = model.AnswerFrom(question, [.. texts.Select(found => found.Text)], options, null, cancellationToken);
        Write(arguments, question, answers.Select(found => (found.Answer, texts[found.Context].Text, (string?)texts[found.Context].Id)));
    }

    private async Task<(string Id, string Text)[]> ReadAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = _column.Open(arguments, arguments.GetValue(_input), Host);
        Host.Encoded = (lines.Name, lines.Numbers);
        var texts = await lines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
        return [.. texts.Select((text, i) => (Numbers.Invariant($"{lines.Numbers[i]}"), text))];
    }

    private async Task<(string Id, string Text)[]> SearchAsync(
        string folder, string question, int count, CancellationToken cancellationToken)
    {
        using var index = HnswIndex.OpenReadOnly(folder);
        var settings = TextIndexSettings.Of(index);
        var model = await ModelOption.FolderAsync(
            settings.Model == DefaultModel.Name ? null : settings.Model, Host, cancellationToken, revision: settings.Revision)
            .ConfigureAwait(false);
        var opened = new TextIndex(index, ModelOption.Load(model, default, Host));
        Host.Warn(opened.Warnings);
        var hits = await opened.SearchAsync([question], new VectorQuery { TopK = count }, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        (string, string)[] texts = [.. hits[0].Where(hit => hit.Text is not null).Select(hit => (hit.Id.ToString(), hit.Text!))];
        return texts.Length > 0 ? texts : throw new InputException(
            folder, "the index stores no texts, which answers are found in; build it without --no-texts.");
    }

    private void Write(ParseResult arguments, string question, IEnumerable<(Answer Answer, string Text, string? Id)> answers)
    {
        if (arguments.GetValue(_format) != "json")
        {
            foreach (var (answer, _, id) in answers)
            {
                Host.Text.WriteLine(string.Join(
                    '\t', ((string?[])[Numbers.Score(answer.Score), id, Column.Last(answer.Text)]).Where(column => column is not null)));
            }

            return;
        }

        using var json = new JsonLinesWriter(Host.Output);
        json.Write(writer =>
        {
            writer.WriteString("question", question);
            writer.WriteStartArray("answers");
            foreach (var (answer, text, id) in answers)
            {
                writer.WriteStartObject();
                writer.WriteString("answer", answer.Text);
                writer.WriteNumber("score", answer.Score);
                var positions = new TextPositions(text, isCodePoints: true);
                writer.WriteNumber("start", positions.Of(answer.Start));
                writer.WriteNumber("end", positions.Of(answer.End));
                if (id is not null)
                {
                    writer.WriteString("id", id);
                    writer.WriteString("text", text);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
