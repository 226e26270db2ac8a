using System.Globalization;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>Represents the names of labels and their numbers, from 0.</summary>
public sealed class LabelNames
{
    private readonly OrderedDictionary<string, int> _labels = [];
    private readonly bool _closed;

    /// <summary>
    /// Initializes a new instance of the <see cref="LabelNames"/> class that numbers names in the order of their first use.
    /// </summary>
    public LabelNames()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="LabelNames"/> class with a fixed set of names.</summary>
    /// <param name="names">The names, in the order of their numbers.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or there are no names.</exception>
    public LabelNames(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            if (!_labels.TryAdd(name, _labels.Count))
            {
                throw new ArgumentException($"The name '{name}' occurs twice; names must be unique.", nameof(names));
            }
        }

        _closed = _labels.Count > 0 ? true : throw new ArgumentException("There must be at least one name.", nameof(names));
    }

    /// <summary>Gets the names, in the order of their numbers.</summary>
    public IReadOnlyList<string> Names => [.. _labels.Keys];

    /// <summary>Returns the number of a name; a new name gets the next number unless the names are fixed.</summary>
    /// <exception cref="FormatException">The names are fixed and do not include <paramref name="name"/>.</exception>
    public int Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_labels.TryGetValue(name, out var label))
        {
            label = !_closed
                ? _labels.Count
                : throw new FormatException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"there is no label '{Excerpt.Of(name)}'; the {_labels.Count} labels are {Excerpt.Of([.. _labels.Keys])}"));
            _labels.Add(name, label);
        }

        return label;
    }
}
