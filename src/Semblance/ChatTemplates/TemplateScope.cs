using System.Text;

namespace Semblance.ChatTemplates;

/// <summary>Holds the variables of a template, the text rendered so far, and the remaining work.</summary>
/// <remarks>
/// A template is untrusted, and a few lines that double a text can take any amount of memory. Each step and each character costs one unit
/// of a budget that is proportional to the length of the template and of its texts.
/// </remarks>
internal sealed class TemplateScope
{
    private const long LeastWork = 1 << 20;
    private const int WorkPerCharacter = 32; // a real template copies its text less than ten times

    private readonly Dictionary<string, object?> _variables;
    private readonly TemplateScope? _outer;
    private readonly TemplateScope _root; // has the text and counts the work
    private readonly Func<string, Exception>? _fault;
    private readonly long _most;
    private long _work;

    /// <summary>Initializes a new instance of the <see cref="TemplateScope"/> class for a whole template.</summary>
    /// <param name="variables">The variables of the template.</param>
    /// <param name="length">The number of characters of the template.</param>
    /// <param name="fault">Returns the exception for a problem.</param>
    public TemplateScope(IEnumerable<KeyValuePair<string, object?>> variables, int length, Func<string, Exception> fault)
    {
        (_variables, _root, _fault, Text) = (new Dictionary<string, object?>(variables, StringComparer.Ordinal),
            this, fault, new StringBuilder());
        _most = LeastWork + (WorkPerCharacter * (length + Length(_variables)));
    }

    private TemplateScope(TemplateScope outer) =>
        (_variables, _outer, _root, Text) = (new Dictionary<string, object?>(StringComparer.Ordinal), outer, outer._root, outer.Text);

    /// <summary>Gets the text so far.</summary>
    public StringBuilder Text { get; }

    /// <summary>Gets or sets the value of a variable; null if it is undefined.</summary>
    public object? this[string name]
    {
        get => _variables.TryGetValue(name, out var value) ? value : _outer?[name];
        set => _variables[name] = value;
    }

    /// <summary>Creates a nested scope; the variables set in it do not affect this one.</summary>
    public TemplateScope Inner() => new(this);

    /// <summary>Charges work to the budget.</summary>
    /// <param name="units">The number of steps or characters.</param>
    public void Charge(long units)
    {
        if ((_root._work += units) > _root._most)
        {
            throw _root._fault!($"it takes more than {_root._most:N0} steps and characters, far more than its texts need; its result is "
                + "too long");
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
