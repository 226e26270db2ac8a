// Makes the sample data, recipes/sample/data, from recipes/sample/topics.txt: questions at a help desk, in English and Chinese.
//   dotnet run recipes/data/sample.cs [-- FOLDER]
// The result is part of the repository; the program is here to show where each row comes from, and to make other data like it.
using System.Globalization;
using System.Text.RegularExpressions;

var folder = args.ElementAtOrDefault(0) ?? "recipes/sample/data";
var topics = Topic.Read("recipes/sample/topics.txt");
var random = new Random(42);
Directory.CreateDirectory(folder);

// Texts of one group ask the same.
Write("questions", "group\ttext", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => topic.Texts(language)).Select(text => $"{topic.Name}\t{text}")));

// A question and its answer, in one language.
Write("answers", "question\tanswer", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => topic.Texts(language).Select(text => $"{text}\t{topic.Answer[language]}"))));

// Two questions and how similar they are: 5 the same, 4 about another thing, 1.5 of one area, 0 otherwise.
Write("pairs", "sentence1\tsentence2\tscore", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => Scored(topic, language, topic.Texts(language), times: 12))));
Write("pairs-dev", "sentence1\tsentence2\tscore", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => Scored(topic, language, topic.HeldOut(language), times: 4))));

// An answer, and a sentence that follows from it, may be true, or contradicts it.
Write("inference", "premise\thypothesis\tlabel", topics.SelectMany(topic => Topic.Languages.SelectMany(language => (string[])
[
    $"{topic.Answer[language]}\t{topic.Yes[language]}\tentailment",
    $"{topic.Answer[language]}\t{topic.Maybe[language]}\tneutral",
    $"{topic.Answer[language]}\t{topic.No[language]}\tcontradiction",
    $"{topic.Answer[language]}\t{Other(topic, sameArea: true).Yes[language]}\tneutral",
])));

// Translations: English and Chinese.
Write("translations", "en\tzh", topics.SelectMany(topic => topic.Translations()));

// Questions of the evaluation with five answers of the same area, one of which is right.
Write("judged-dev", "question\tpassage\trelevance", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => topic.HeldOut(language).Take(2).SelectMany(question =>
        topics.Where(other => other.Area == topic.Area)
            .Select(other => $"{question}\t{other.Answer[language]}\t{(other == topic ? 1 : 0)}")))));

// A question and its topic; the phrasings of the evaluation are not in the first file.
Write("topics", "topic\ttext", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => topic.Texts(language)).Select(text => $"{topic.Name}\t{text}")));
Write("topics-dev", "topic\ttext", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => topic.HeldOut(language)).Select(text => $"{topic.Name}\t{text}")));

// Words with tags, a blank line between sentences: what a question is about is an entity, of the type of its area.
Write("tagged", "token\ttag", topics.SelectMany(topic => Topic.Languages.SelectMany(language => topic.Tagged(language, heldOut: false))));
Write("tagged-dev", "token\ttag", topics.SelectMany(topic =>
    Topic.Languages.SelectMany(language => topic.Tagged(language, heldOut: true))));

// A question, a text of all answers of its area, and the answer in it.
Write("passages", "question\tcontext\tanswer", topics.SelectMany(topic => Topic.Languages.SelectMany(language =>
    topic.Texts(language).Where((_, i) => i % topic.Things == 0)
        .Select(text => $"{text}\t{Passage(topic, language)}\t{topic.Answer[language]}"))));
Write("passages-dev", "question\tcontext\tanswer", topics.SelectMany(topic => Topic.Languages.SelectMany(language =>
    topic.HeldOut(language).Take(1).Select(text => $"{text}\t{Passage(topic, language)}\t{topic.Answer[language]}"))));

// Plain text: a paragraph on each line, an empty line between documents.
var documents = topics.SelectMany(topic => Topic.Languages.Select(language => string.Join(
    "\n", (string[])
    [
        topic.Texts(language)[0],
        topic.Answer[language],
        Joined(language, [topic.Yes[language], topic.Maybe[language]]),
        Joined(language, topic.Texts(language)),
        "",
    ])));
File.WriteAllText(Path.Combine(folder, "texts.txt"), string.Join("\n", documents));

IEnumerable<string> Scored(Topic topic, int language, IReadOnlyList<string> texts, int times)
{
    for (var i = 0; i < times; i++)
    {
        var (place, text) = Any(texts);
        var thing = place % topic.Things;
        var all = topic.Texts(language);
        var same = all.Where((other, j) => j % topic.Things == thing && other != text).ToArray();
        var close = all.Where((_, j) => j % topic.Things != thing).ToArray();
        yield return $"{text}\t{Any(same).Text}\t5";
        yield return $"{text}\t{Any(close).Text}\t4";
        yield return $"{text}\t{Any(Other(topic, sameArea: true).Texts(language)).Text}\t1.5";
        yield return $"{text}\t{Any(Other(topic, sameArea: false).Texts(language)).Text}\t0";
    }
}

(int Place, string Text) Any(IReadOnlyList<string> texts)
{
    var place = random.Next(texts.Count);
    return (place, texts[place]);
}

string Passage(Topic topic, int language) =>
    Joined(language, [.. topics.Where(other => other.Area == topic.Area).Select(other => other.Answer[language])]);

Topic Other(Topic topic, bool sameArea)
{
    Topic[] others = [.. topics.Where(other => other != topic && other.Area == topic.Area == sameArea)];
    return others[random.Next(others.Length)];
}

static string Joined(int language, string[] sentences) => string.Join(language == 0 ? " " : "", sentences);

void Write(string name, string header, IEnumerable<string> rows)
{
    string[] lines = [header, .. rows.Distinct()];
    File.WriteAllText(Path.Combine(folder, name + ".tsv"), string.Join('\n', lines) + "\n");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}.tsv: {lines.Length - 1:N0} rows"));
}

/// <summary>A topic: phrasings of one question, its answer, and sentences about the answer; English is language 0, Chinese 1.</summary>
internal sealed class Topic
{
    public static readonly int[] Languages = [0, 1];

    private readonly string[][] _things;
    private readonly string[][] _phrasings;

    private Topic(string name, Dictionary<string, string> lines)
    {
        Name = name;
        _things = [.. lines["x"].Split(" | ").Select(thing => thing.Split('='))];
        _phrasings = [lines["en"].Split(" | "), lines["zh"].Split(" | ")];
        (Answer, Yes, Maybe, No) = (Both("answer"), Both("yes"), Both("maybe"), Both("no"));

        string[] Both(string key) => lines[key].Split(" = ");
    }

    public string Name { get; }

    public string Area => Name.Split('/')[0];

    public int Things => _things.Length;

    public string[] Answer { get; }

    public string[] Yes { get; }

    public string[] Maybe { get; }

    public string[] No { get; }

    /// <summary>The questions to train on, those of one phrasing side by side, one for each thing.</summary>
    public string[] Texts(int language) => [.. _phrasings[language][..^1].SelectMany(phrasing => Filled(phrasing, language))];

    /// <summary>The questions of the phrasing that is kept for the evaluation.</summary>
    public string[] HeldOut(int language) => [.. Filled(_phrasings[language][^1], language)];

    /// <summary>The questions with a tag for each word, or for each Chinese character.</summary>
    public IEnumerable<string> Tagged(int language, bool heldOut) =>
        (heldOut ? _phrasings[language][^1..] : _phrasings[language][..^1]).SelectMany(phrasing => _things.Select(thing =>
        {
            var parts = phrasing.Split("{x}");
            var lines = new List<string>();
            for (var i = 0; i < parts.Length; i++)
            {
                lines.AddRange(Words(parts[i], language).Select(word => $"{word}\tO"));
                if (i + 1 < parts.Length)
                {
                    lines.AddRange(Words(thing[language], language).Select((word, j) => $"{word}\t{(j == 0 ? "B" : "I")}-{Area}"));
                }
            }

            return Capital(string.Join('\n', lines)) + "\n";
        }));

    private static IEnumerable<string> Words(string text, int language) => language == 1
        ? text.Where(character => !char.IsWhiteSpace(character)).Select(character => character.ToString())
        : Regex.Matches(text, @"[\w'-]+|[^\w\s]").Select(match => match.Value);

    public IEnumerable<string> Translations() =>
        Texts(0).Take(3 * Things).Zip(Texts(1), Row).Concat([Row(Answer), Row(Yes), Row(Maybe), Row(No)]);

    public static Topic[] Read(string path)
    {
        var topics = new List<(string Name, Dictionary<string, string> Lines)>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                topics.Add((line[1..^1], []));
            }
            else
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                topics[^1].Lines[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return [.. topics.Select(topic => new Topic(topic.Name, topic.Lines))];
    }

    private IEnumerable<string> Filled(string phrasing, int language) =>
        _things.Select(thing => Capital(phrasing.Replace("{x}", thing[language])));

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Row(string en, string zh) => $"{en}\t{zh}";

    private static string Row(string[] both) => Row(both[0], both[1]);
}
