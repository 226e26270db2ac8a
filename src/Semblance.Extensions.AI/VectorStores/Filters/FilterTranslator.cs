using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using Microsoft.Extensions.VectorData.ProviderServices;
using Microsoft.Extensions.VectorData.ProviderServices.Filter;

namespace Semblance.Extensions.AI;

/// <summary>Translates filters of records, which are expressions, to filters of an index. Nothing is compiled at run time.</summary>
internal sealed class FilterTranslator : FilterTranslatorBase
{
    private static readonly VectorFilter None = VectorFilter.Ids();

    private readonly RecordMapper _mapper;

    private FilterTranslator(RecordMapper mapper) => _mapper = mapper;

    /// <summary>Translates a filter.</summary>
    /// <returns>The filter of the index; <see langword="null"/> if every record matches.</returns>
    /// <exception cref="NotSupportedException">A part of the expression has no equivalent.</exception>
    /// <exception cref="InvalidOperationException">The filter names a property that does not exist.</exception>
    public static VectorFilter? Translate(LambdaExpression? filter, RecordMapper mapper)
    {
        if (filter is null)
        {
            return null;
        }

        var translator = new FilterTranslator(mapper);
        var body = translator.PreprocessFilter(filter, mapper.Model, new FilterPreprocessingOptions());
        return body is ConstantExpression { Value: true } ? null : translator.Translate(body);
    }

    private VectorFilter Translate(Expression node) => node switch
    {
        ConstantExpression { Value: true } => !None,
        ConstantExpression { Value: false } => None,
        BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } and => Translate(and.Left) & Translate(and.Right),
        BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } or => Translate(or.Left) | Translate(or.Right),
        BinaryExpression { NodeType: ExpressionType.Equal } equal => Equality(equal),
        BinaryExpression { NodeType: ExpressionType.NotEqual } unequal => !Equality(unequal),
        BinaryExpression comparison when Comparisons(comparison.NodeType) is { } how => Comparison(comparison, how),
        UnaryExpression { NodeType: ExpressionType.Not } not => !Translate(not.Operand),
        MethodCallExpression call when TryMatchContains(call, out var source, out var item) => Contains(source, item, node),
        MethodCallExpression { Method.Name: nameof(Enumerable.Any), Arguments: [var source, LambdaExpression lambda] } any
            when any.Method.DeclaringType == typeof(Enumerable) => Any(source, lambda, node),
        _ when TryBindProperty(node, out var property) && (Nullable.GetUnderlyingType(property.Type) ?? property.Type) == typeof(bool) =>
            VectorFilter.Label(Label(property, node), "true"),
        UnaryExpression { NodeType: ExpressionType.Convert } convert => Translate(convert.Operand),
        _ => throw NotSupported(node),
    };

    private VectorFilter Equality(BinaryExpression node)
    {
        var (property, value) = Operands(node, out _);
        return property switch
        {
            KeyPropertyModel => value is null ? None : VectorFilter.Ids(_mapper.Id(value)),
            _ when value is null => !VectorFilter.HasLabel(Label(property, node)),
            _ => VectorFilter.Label(Label(property, node), LabelCodec.Encode(value)),
        };
    }

    private VectorFilter Comparison(BinaryExpression node, LabelComparison comparison)
    {
        var (property, value) = Operands(node, out var isReversed);
        comparison = !isReversed ? comparison : comparison switch
        {
            LabelComparison.Less => LabelComparison.Greater,
            LabelComparison.LessOrEqual => LabelComparison.GreaterOrEqual,
            LabelComparison.Greater => LabelComparison.Less,
            _ => LabelComparison.LessOrEqual,
        };
        if (property is KeyPropertyModel)
        {
            throw NotSupported(node, "keys are compared for equality only");
        }

        var label = Label(property, node);
        return value is null ? None
            : value is double.PositiveInfinity or float.PositiveInfinity or double.NegativeInfinity or float.NegativeInfinity
                or double.NaN or float.NaN ? throw NotSupported(node, "a value to compare with is finite")
            : value is decimal exact ? VectorFilter.Compare(label, comparison, exact)
            : value is byte or short or int or long
                ? VectorFilter.Compare(label, comparison, Convert.ToDecimal(value, CultureInfo.InvariantCulture))
            : value is float ? VectorFilter.Compare(label, comparison, double.Parse(LabelCodec.Encode(value), CultureInfo.InvariantCulture))
            : value is double number ? VectorFilter.Compare(label, comparison, number)
            : LabelCodec.IsOrdered(property.Type) ? VectorFilter.Compare(label, comparison, LabelCodec.Encode(value))
            : throw NotSupported(node, $"values of the type {property.Type.Name} have no order");
    }

    // source.Contains(item): a list property that contains a value, or a list of values that contains a property.
    private VectorFilter Contains(Expression source, Expression item, Expression node)
    {
        if (TryBindProperty(source, out var list))
        {
            return LabelCodec.IsList(list.Type) && Constant(item, out var element) && element is string text
                ? VectorFilter.HasLabel(LabelCodec.ElementKey(Label(list, node), text))
                : throw NotSupported(node);
        }

        if (!TryBindProperty(item, out var property) || Values(source) is not { } values)
        {
            throw NotSupported(node);
        }

        if (property is KeyPropertyModel)
        {
            return VectorFilter.Ids(values.Where(value => value is not null).Select(value => _mapper.Id(value)));
        }

        var label = Label(property, node);
        return AnyOf(values.Select(
            value => value is null ? !VectorFilter.HasLabel(label) : VectorFilter.Label(label, LabelCodec.Encode(value))));
    }

    // property.Any(element => values.Contains(element))
    private VectorFilter Any(Expression source, LambdaExpression lambda, Expression node) =>
        TryBindProperty(source, out var list) && LabelCodec.IsList(list.Type)
            && lambda.Body is MethodCallExpression call && TryMatchContains(call, out var values, out var item)
            && item == lambda.Parameters[0] && Values(values) is { } elements
            ? AnyOf(elements.OfType<string>().Select(
                element => VectorFilter.HasLabel(LabelCodec.ElementKey(Label(list, node), element))))
            : throw NotSupported(node);

    private static VectorFilter AnyOf(IEnumerable<VectorFilter> filters) =>
        filters.Aggregate((VectorFilter?)null, (all, filter) => all is null ? filter : all | filter) ?? None;

    private (PropertyModel Property, object? Value) Operands(BinaryExpression node, out bool isReversed)
    {
        isReversed = false;
        if (TryBindProperty(node.Left, out var property) && Constant(node.Right, out var value))
        {
            return (property, value);
        }

        isReversed = true;
        return TryBindProperty(node.Right, out property) && Constant(node.Left, out value)
            ? (property, value)
            : throw NotSupported(node);
    }

    private string Label(PropertyModel property, Expression node) =>
        property is not DataPropertyModel data ? throw NotSupported(node, $"'{property.ModelName}' is a vector")
        : _mapper.IsLabel(data) ? data.StorageName
        : throw NotSupported(node, $"set IsIndexed of the full-text property '{property.ModelName}' to filter by it");

    private static bool Constant(Expression node, out object? value)
    {
        while (node is UnaryExpression { NodeType: ExpressionType.Convert } convert)
        {
            node = convert.Operand;
        }

        value = (node as ConstantExpression)?.Value;
        return node is ConstantExpression;
    }

    private static IEnumerable<object?>? Values(Expression node)
    {
        if (node is NewArrayExpression array)
        {
            var values = new List<object?>();
            foreach (var element in array.Expressions)
            {
                if (!Constant(element, out var value))
                {
                    return null;
                }

                values.Add(value);
            }

            return values;
        }

        return Constant(node, out var constant) && constant is IEnumerable list and not string ? list.Cast<object?>() : null;
    }

    private static LabelComparison? Comparisons(ExpressionType type) => type switch
    {
        ExpressionType.LessThan => LabelComparison.Less,
        ExpressionType.LessThanOrEqual => LabelComparison.LessOrEqual,
        ExpressionType.GreaterThan => LabelComparison.Greater,
        ExpressionType.GreaterThanOrEqual => LabelComparison.GreaterOrEqual,
        _ => null,
    };

    private static NotSupportedException NotSupported(Expression node, string? reason = null) => new(
        $"The filter '{node}' is not supported{(reason is null ? "" : $": {reason}")}. A filter compares properties with values (==, !=, "
        + "<, <=, >, >=, Contains, Any with Contains) and combines conditions with &&, || and !.");
}
