using System.CommandLine;
using System.Globalization;
using Semblance.Files;

namespace Semblance.Cli.Options;

/// <summary>Creates options of common types.</summary>
internal static class NewOption
{
    private const string FormatDescription = "The format of the results: lines of text or JSON objects";

    /// <summary>Creates an option for a text, such as a path.</summary>
    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    /// <summary>Creates an option for a whole number from 1 on.</summary>
    public static Option<int?> Count(string name, string description) =>
        Parsed<int?>(
            name, "N", description, "a whole number from 1 on",
            text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 1 ? number : null);

    /// <summary>Creates an option for a whole number in a range, by default any whole number.</summary>
    public static Option<int?> Integer(string name, string description, int least = int.MinValue, int most = int.MaxValue) => Parsed<int?>(
        name, "N", description,
        "a whole number" + (least == int.MinValue ? "" : most == int.MaxValue ? $" from {least} on" : $" from {least} to {most}"),
        text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null);

    /// <summary>Creates an option for a number, within the range that <paramref name="expected"/> describes.</summary>
    public static Option<float?> Number(
        string name, string value, string description, string expected = "a number", Func<float, bool>? fits = null) => Parsed<float?>(
        name, value, description, expected,
        text =>
            float.TryParse(text, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) && (fits is null || fits(number))
                ? number
                : null);

    /// <summary>Creates an option for one of several words; the first is the default.</summary>
    public static Option<string> Choice(string name, string description, params string[] choices)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => choices[0] };
        option.Accept(choices);
        return option;
    }

    /// <summary>Creates the option for the format of results: lines of text, the default, or JSON.</summary>
    public static Option<string> Format() => Choice("--format", FormatDescription, "text", "json");

    /// <summary>Creates the option for the format of results of a command whose default is JSON.</summary>
    public static Option<string> JsonFormat() => Choice("--format", FormatDescription, "json", "text");

    /// <summary>Rejects values other than some words.</summary>
    public static void Accept(this Option option, params string[] choices)
    {
        option.HelpName = string.Join('|', choices);
        option.CompletionSources.Clear();
        option.CompletionSources.Add(choices);
        option.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(token => token.Value).Except(choices))
            {
                result.AddError(
                    $"{option.Name} is '{word}'; it can be {string.Join(", ", choices)}.{SimilarName.Question(word, choices)}");
            }
        });
    }

    private static Option<T?> Parsed<T>(string name, string value, string description, string expected, Func<string, T?> parse) => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = result =>
        {
            var parsed = parse(result.Tokens[0].Value);
            if (parsed is null)
            {
                result.AddError($"{name} needs {expected}, not '{result.Tokens[0].Value}'.");
            }

            return parsed;
        },
    };
}
