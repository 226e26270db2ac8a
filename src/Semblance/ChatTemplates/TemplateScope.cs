using System.Text;

namespace Semblance.ChatTemplates;

/// <summary>The variables that a template can name, the text it has made so far, and the work that it may still do.</summary>
/// <remarks>
/// A template comes from a stranger, and a few lines that double a text ask for any amount of memory. Each step and each character that is made
/// costs one unit, of a budget in proportion to the template and to the texts that it is given.
/// </remarks>
internal sealed class TemplateScope
{
    private const long LeastWork = 1 << 20;
    private const int WorkPerCharacter = 32; // a real template makes its text less than ten times

    private readonly Dictionary<string, object?> _variables;
    private readonly TemplateScope? _outer;
    private readonly TemplateScope _root; // has the text and counts the work
    private readonly Func<string, Exception>? _fault;
    private readonly long _most;
    private long _work;

    /// <summary>Makes the scope that a template begins with.</summary>
    /// <param name="variables">What it can name.</param>
    /// <param name="length">The characters of the template.</param>
    /// <param name="fault">Makes the exception for a problem.</param>
    public TemplateScope(IEnumerable<KeyValuePair<string, object?>> variables, int length, Func<string, Exception> fault)
    {
        (_variables, _root, _fault, Text) = (new Dictionary<string, object?>(variables, StringComparer.Ordinal), this, fault, new StringBuilder());
        _most = LeastWork + (WorkPerCharacter * (length + Length(_variables)));
    }

    private TemplateScope(TemplateScope outer) =>
        (_variables, _outer, _root, Text) = (new Dictionary<string, object?>(StringComparer.Ordinal), outer, outer._root, outer.Text);

    /// <summary>The text so far.</summary>
    public StringBuilder Text { get; }

    /// <summary>The value of a variable; null where there is none.</summary>
    public object? this[string name]
    {
        get => _variables.TryGetValue(name, out var value) ? value : _outer?[name];
        set => _variables[name] = value;
    }

    /// <summary>Makes a scope within this one; what is set in it is forgotten after it.</summary>
    public TemplateScope Inner() => new(this);

    /// <summary>Counts work.</summary>
    /// <param name="units">Steps, or characters that are made.</param>
    public void Charge(long units)
    {
        if ((_root._work += units) > _root._most)
        {
            throw _root._fault!($"it takes more than {_root._most:N0} steps and characters, far more than its texts need; it makes too long a text");
        }
    }

    private static long Length(object? value) => value switch
    {
        string text => text.Length,
        IReadOnlyDictionary<string, object?> members => members.Values.Sum(Length),
        IReadOnlyList<object?> items => items.Sum(Length),
        _ => 0,
    };
}
