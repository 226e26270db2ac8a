// Makes generated/sentences.tsv, English sentences and their Chinese translations, from the words and templates of sentences.txt:
//   dotnet run recipes/data/sentences.cs -- recipes/data/sentences.txt DATA/generated/sentences.tsv
// They are what the default model's teacher sees of captions, opinions, headlines and questions of customers. The same input gives the same file.
if (args is not [var input, var output])
{
    Console.Error.WriteLine("usage: dotnet run recipes/data/sentences.cs -- SENTENCES.txt OUTPUT.tsv");
    return 2;
}

var words = new Words(File.ReadLines(input));
var sentences = new HashSet<(string English, string Chinese)>();
foreach (var (count, make) in new (int, Func<Words, (string, string)>)[]
         {
             (45_000, Caption.Make),
             (12_000, Opinion.Make),
             (15_000, Headline.Make),
             (800, Request.Make),
         })
{
    var goal = sentences.Count + count;
    for (var tries = 0; sentences.Count < goal && tries < 20 * count; tries++)
    {
        sentences.Add(make(words));
    }
}

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
using var writer = new StreamWriter(output) { NewLine = "\n" };
writer.WriteLine("en\tzh");
foreach (var (english, chinese) in sentences)
{
    writer.WriteLine($"{english}\t{chinese}");
}

return 0;

/// <summary>The entries of each kind, drawn at random from a fixed seed.</summary>
internal sealed class Words
{
    private readonly Dictionary<string, List<string[]>> _entries = [];
    private readonly Random _random = new(42);

    public Words(IEnumerable<string> lines)
    {
        List<string[]> entries = [];
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                _entries[line[1..line.IndexOf(']')]] = entries = [];
                continue;
            }

            entries.Add(line.Split(" | "));
        }
    }

    public string[] Any(string kind) => Any(kind, _ => true);

    public string[] Any(string kind, Predicate<string[]> condition)
    {
        var fitting = _entries[kind].FindAll(condition);
        return fitting[_random.Next(fitting.Count)];
    }

    public bool Chance(double probability) => _random.NextDouble() < probability;
}

/// <summary>Who does what, and where, in the active and the passive voice, affirmed and denied.</summary>
internal static class Caption
{
    public static (string English, string Chinese) Make(Words words)
    {
        var isAnimal = words.Chance(0.2);
        var who = Who(words, isAnimal);
        var place = words.Chance(0.4) ? words.Any("place") : null;
        if (isAnimal || words.Chance(0.45))
        {
            var action = words.Any(isAnimal ? "movement" : "action");
            return Active(words, who, action[0], action[1], action[2], "", place);
        }

        var verb = words.Any("verb");
        var kinds = verb[4].Split(", ");
        var thing = words.Any("object", entry => kinds.Contains(entry[0]));
        return words.Chance(0.2)
            ? (Sentence($"{thing[1]} {(IsPlural(thing[1]) ? "are" : "is")} being {verb[2]} by {who.English}", place?[0]), $"{thing[2]}正在被{who.Chinese}{verb[3]}。")
            : Active(words, who, $"{verb[0]} {thing[1]}", $"{verb[1]} {thing[1]}", verb[3], thing[2], place);
    }

    private static (string English, string Chinese) Active(
        Words words, (string English, string Chinese, bool Many) who, string doing, string does, string verb, string thing, string[]? place)
    {
        var (where, act) = (place?[1] ?? "正在", verb + thing);
        var be = who.Many ? "are" : "is";
        return words.Chance(0.12)
            ? who.English.StartsWith("a ", StringComparison.Ordinal) && words.Chance(0.6)
                ? (Sentence($"there is no {who.English[2..]} {doing}", place?[0]), $"没有{who.Chinese[2..]}{where}{act}。")
                : (Sentence($"{who.English} {be} not {doing}", place?[0]), $"{who.Chinese}没有{place?[1]}{act}。")
            : words.Chance(0.15) && !who.Many
                ? (Sentence($"{who.English} {does}", place?[0]), $"{who.Chinese}{where}{act}。")
                : words.Chance(0.1)
                    ? (Sentence($"{who.English} {doing}", place?[0]), $"{who.Chinese}{where}{act}")
                    : (Sentence($"{who.English} {be} {doing}", place?[0]), $"{who.Chinese}{where}{act}。");
    }

    private static (string English, string Chinese, bool Many) Who(Words words, bool isAnimal)
    {
        var noun = words.Any(isAnimal ? "animal" : "person");
        var trait = words.Chance(0.25) ? words.Any(isAnimal ? "coat" : "trait") : null;
        var look = !isAnimal && words.Chance(0.2) ? words.Any("look") : null;
        var (english, chinese) = (Joined(trait?[0], noun[0], look?[0]), noun[2][..2] + look?[1] + trait?[1] + noun[2][2..]);
        if (words.Chance(0.15))
        {
            var number = words.Any("number", entry => entry[0].All(char.IsLetter));
            return words.Chance(0.5)
                ? ($"{number[0]} {Joined(trait?[0], noun[1], look?[0])}", number[1] + chinese[1..], true)
                : ($"a group of {Joined(trait?[0], noun[1], look?[0])}", "一群" + chinese[2..], true);
        }

        if (words.Chance(0.08))
        {
            var other = words.Any(isAnimal ? "animal" : "person", entry => entry != noun);
            return ($"{Article(english)} and {Article(other[0])}", $"{chinese}和{other[2]}", true);
        }

        return words.Chance(0.12) ? ($"the {english}", chinese, false) : (Article(english), chinese, false);
    }

    private static string Joined(params string?[] parts) => string.Join(' ', parts.Where(part => part is not null));

    private static string Article(string noun) => ("aeiouAEIOU".Contains(noun[0]) && !noun.StartsWith("uni", StringComparison.Ordinal) ? "an " : "a ") + noun;

    private static bool IsPlural(string thing) => thing[0] != 'a' && thing.EndsWith('s');

    private static string Sentence(string clause, string? place) => char.ToUpperInvariant(clause[0]) + clause[1..] + (place is null ? "" : " " + place) + ".";
}

/// <summary>What somebody thinks of something.</summary>
internal static class Opinion
{
    public static (string English, string Chinese) Make(Words words)
    {
        var (subject, opinion, template) = (words.Any("reviewed"), words.Any("opinion"), words.Any("judgment"));
        var (english, chinese) = (Filled(template[0], subject[0], opinion[1]), Filled(template[1], subject[1], opinion[2]));
        if (words.Chance(0.35))
        {
            var isSame = words.Chance(0.5);
            var (second, other) = (words.Any("reviewed", entry => entry != subject), words.Any("opinion", entry => (entry[0] == opinion[0]) == isSame && entry != opinion));
            english = $"{english.TrimEnd('.')}, {(isSame ? "and" : "but")} {second[0]} is {other[1]}.";
            chinese = $"{chinese.TrimEnd('。')}，{(isSame ? "而且" : "但是")}{second[1]}{other[2]}。";
        }

        return (char.ToUpperInvariant(english[0]) + english[1..], chinese);
    }

    private static string Filled(string template, string subject, string opinion) =>
        template.Replace("{T}", subject, StringComparison.Ordinal).Replace("{O}", opinion, StringComparison.Ordinal);
}

/// <summary>What happened in a country.</summary>
internal static class Headline
{
    public static (string English, string Chinese) Make(Words words)
    {
        var (template, country, number) = (words.Any("headline"), words.Any("country"), words.Any("number"));
        var other = words.Any("country", entry => entry != country);
        string Filled(int language)
        {
            var text = template[language].Replace("{C}", country[language], StringComparison.Ordinal).Replace("{D}", other[language], StringComparison.Ordinal)
                .Replace("{N}", number[language], StringComparison.Ordinal);
            return char.ToUpperInvariant(text[0]) + text[1..];
        }

        return (Filled(0), Filled(1));
    }
}

/// <summary>What a customer asks.</summary>
internal static class Request
{
    public static (string English, string Chinese) Make(Words words)
    {
        var (wish, template) = (words.Any("wish"), words.Any("request"));
        return (template[0].Replace("{W}", wish[0], StringComparison.Ordinal), template[1].Replace("{W}", wish[1], StringComparison.Ordinal));
    }
}
