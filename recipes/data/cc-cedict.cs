// Makes dictionary/cc-cedict.tsv, which the recipes of the default model read, from CC-CEDICT (CC BY-SA 4.0), a Chinese-English dictionary:
//   dotnet run recipes/data/cc-cedict.cs -- cedict_1_0_ts_utf-8_mdbg.txt.gz DATA/dictionary/cc-cedict.tsv
// The file comes from https://www.mdbg.net/chinese/dictionary?page=cc-cedict.
using System.IO.Compression;
using System.Text.RegularExpressions;

if (args is not [var input, var output])
{
    Console.Error.WriteLine("usage: dotnet run recipes/data/cc-cedict.cs -- CEDICT.txt[.gz] OUTPUT.tsv");
    return 2;
}

// Senses that refer to other words instead of translating.
string[] references = ["see ", "surname ", "old variant", "abbr. ", "used in ", "also written", "(bound form", "also pr.", "Taiwan pr.", "CL:"];
using var file = File.OpenRead(input);
using var reader = new StreamReader(input.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
using var writer = new StreamWriter(output) { NewLine = "\n" };
writer.WriteLine("traditional\tsimplified\tenglish");
var seen = new HashSet<(string, string)>();
while (reader.ReadLine() is { } line)
{
    if (Patterns.Entry().Match(line) is not { Success: true } entry || !Patterns.Word().IsMatch(entry.Groups[2].Value))
    {
        continue;
    }

    string[] senses =
    [
        .. entry.Groups[3].Value.Split('/')
            .Where(sense => !sense.Contains("variant of") && !references.Any(start => sense.StartsWith(start, StringComparison.Ordinal)) && !Patterns.Chinese().IsMatch(sense))
            .Select(sense => Patterns.Spaces().Replace(Patterns.Remarks().Replace(sense, ""), " ").Trim(' ', ';', ','))
            .Where(sense => sense.Length is > 1 and <= 80)
            .Take(3),
    ];
    var english = string.Join("; ", senses);
    if (senses.Length > 0 && seen.Add((entry.Groups[2].Value, english)))
    {
        writer.WriteLine($"{entry.Groups[1].Value}\t{entry.Groups[2].Value}\t{english}");
    }
}

return 0;

internal static partial class Patterns
{
    [GeneratedRegex(@"^(\S+) (\S+) \[[^\]]*\] /(.*)/\s*$")]
    public static partial Regex Entry();

    [GeneratedRegex(@"^[\u3400-\u9fff]+$")]
    public static partial Regex Word();

    [GeneratedRegex(@"[\u3400-\u9fff]")]
    public static partial Regex Chinese();

    [GeneratedRegex(@"\([^)]*\)|\[[^\]]*\]")]
    public static partial Regex Remarks();

    [GeneratedRegex(@"\s+")]
    public static partial Regex Spaces();
}
